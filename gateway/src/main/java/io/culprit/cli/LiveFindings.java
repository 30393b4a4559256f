package io.culprit.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.culprit.config.AdminConfig;
import io.culprit.config.GatewayConfig;
import io.culprit.process.Running;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** What a running gateway has found out about its upstreams that its configuration should know. Stateless. */
final class LiveFindings {
    private static final int PATIENCE_MILLIS = 3_000;

    private LiveFindings() {}

    /** One sentence each; one that says why nothing can be had where no gateway answers. */
    static List<String> of(GatewayConfig config) {
        if (config.admin().isEmpty()) {
            return List.of("--live: \"admin\" is not configured, so that no gateway can be asked");
        }
        AdminConfig admin = config.admin().get();
        String url = Running.url(admin.address()) + "/api/upstreams";
        try {
            return ask(url, admin);
        } catch (IOException e) {
            return List.of("--live: no gateway answers at " + url + " (" + e.getMessage() + ")");
        }
    }

    private static List<String> ask(String url, AdminConfig admin) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        if (!admin.token().isEmpty()) {
            connection.setRequestProperty("Authorization", "Bearer " + admin.token());
        }
        List<String> found = new ArrayList<>();
        String address = "";
        try (JsonParser json = new JsonFactory().createParser(connection.getInputStream())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING && "address".equals(json.currentName())) {
                    address = json.getText();
                } else if (token == JsonToken.VALUE_STRING && "finding".equals(json.currentName())) {
                    found.add("server " + address + ": " + json.getText());
                }
            }
        } finally {
            connection.disconnect();
        }
        return found;
    }
}
