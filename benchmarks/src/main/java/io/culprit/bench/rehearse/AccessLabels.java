package io.culprit.bench.rehearse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the gateway's access log says of each request: unlike a client it knows why a response broke off. Stateless. */
final class AccessLabels {
    private static final JsonFactory JSON = new JsonFactory();

    private AccessLabels() {}

    /**
     * One label for each request, in the order of the log.
     *
     * @param least requests the log must have at least
     * @throws IOException when it cannot be read or is not complete
     */
    static List<String> read(Path log, int least) throws IOException {
        List<String> labels = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            labels.add(label(line));
        }
        if (labels.size() < least) {
            throw new IOException("%s has %d lines for %d requests".formatted(log, labels.size(), least));
        }
        return labels;
    }

    /** A torn response had begun: the last attempt has a status although the request failed. */
    private static String label(String line) throws IOException {
        String ending = "";
        String cause = "";
        int status = 0;
        boolean begun = false;
        try (JsonParser json = JSON.createParser(line)) {
            int depth = 0;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    JsonToken value = json.nextToken();
                    if (value.isStructStart()) {
                        depth++;
                    } else if (depth == 1) {
                        switch (name) {
                            case "ending" -> ending = json.getText();
                            case "cause" -> cause = json.getText();
                            case "status" -> status = json.getIntValue();
                            default -> {
                                // of no interest here
                            }
                        }
                    } else if (name.equals("status")) {
                        begun = true;
                    } else if (name.equals("peer")) {
                        begun = false; // another attempt
                    }
                }
            }
        }
        return switch (ending) {
            case "delivered" -> Integer.toString(status);
            case "failed" -> (begun && status < 400 ? "torn" : Integer.toString(status)) + " " + cause;
            default -> status + " " + cause;
        };
    }
}
