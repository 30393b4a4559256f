package io.culprit.cli;

import io.culprit.config.AdminConfig;
import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.process.Running;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culprit reload}: has the gateway that runs with a file read it anew. */
@Command(
        name = "reload",
        description = "Have the running gateway read its configuration anew, without losing a request.",
        footer = {
            "",
            "The gateway is asked by its admin listener, which the file names, and which takes it only with an admin.token;",
            "without one send the process SIGHUP. A file with problems changes nothing.",
            "Exit 0: it is in force. 1: it is not.",
            "",
            "Example:",
            "  culprit reload -c conf/culprit.yaml"
        })
final class ReloadCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws InterruptedException {
        GatewayConfig loaded;
        try {
            loaded = config.load();
        } catch (ConfigException e) {
            e.problems().forEach(System.out::println);
            System.out.println("the gateway goes on as before");
            return 1;
        }
        Optional<AdminConfig> admin = loaded.admin();
        if (admin.isEmpty()) {
            System.err.println(
                    "culprit: " + config.path() + " has no admin listener; send SIGHUP to the process instead");
            return 1;
        }
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(Running.url(admin.get().address()) + "/api/reload"))
                    .timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.noBody());
            if (!admin.get().token().isEmpty()) {
                request.header("Authorization", "Bearer " + admin.get().token());
            }
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.body().strip());
            if (answer.statusCode() == 401) {
                System.out.println("the file's admin.token is not the running gateway's: send its process SIGHUP");
            } else if (answer.statusCode() == 403) {
                System.out.println("or send the gateway's process SIGHUP");
            }
            return answer.statusCode() == 200 ? 0 : 1;
        } catch (IOException e) {
            System.err.println("culprit: no gateway answers at %s: %s"
                    .formatted(
                            Running.url(admin.get().address()),
                            e instanceof ConnectException
                                    ? "nobody listens there"
                                    : e.getMessage() == null ? e : e.getMessage()));
            return 1;
        }
    }
}
