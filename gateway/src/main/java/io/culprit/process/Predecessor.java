package io.culprit.process;

import io.culprit.config.AdminConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The gateway that serves the same addresses and is to hand over, as with HAProxy's {@code -sf}: it closes its listeners and
 * ends when what runs is done. Found by its admin listener or by its process id. Thread: the one that starts the gateway.
 */
public final class Predecessor {
    private static final Path MIGRATION = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");

    private Predecessor() {}

    /**
     * Has it hand over.
     *
     * @param admin where it is asked
     * @return what has been done, one line for a person
     * @throws IOException when it refuses, or there is no admin listener to ask; there may be none at all, which is no fault
     */
    public static String handOver(Optional<AdminConfig> admin) throws IOException, InterruptedException {
        if (admin.isEmpty() || admin.get().token().isEmpty()) {
            throw new IOException(
                    "a gateway hands over when its admin listener is asked with admin.token; without one name it: --takeover=PID");
        }
        URI uri = URI.create(Running.url(admin.get().address()) + "/api/handover");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + admin.get().token())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer;
        try {
            answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return "nobody answers at %s: there is nothing to take over".formatted(uri);
        }
        if (answer.statusCode() != 202) {
            throw new IOException("%s answers %d: %s"
                    .formatted(uri, answer.statusCode(), answer.body().strip()));
        }
        return told(answer.body().strip());
    }

    /**
     * The same by SIGTERM.
     *
     * @param pid its process id
     * @throws IOException when there is no such process, or it belongs to somebody else
     */
    public static String handOver(long pid) throws IOException {
        ProcessHandle process = ProcessHandle.of(pid)
                .orElseThrow(() -> new IOException("there is no process " + pid + " to take over from"));
        if (!isGateway(pid)) {
            throw new IOException(
                    "process " + pid + " is no gateway: a number that was noted down may be another's by now");
        }
        if (process.equals(ProcessHandle.current()) || !process.destroy()) {
            throw new IOException("process " + pid + " cannot be told to end");
        }
        return told(Long.toString(pid));
    }

    /** By its command line, in which the launcher and every jar of ours have this name. */
    private static boolean isGateway(long pid) throws IOException {
        String command = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        return command.contains("culprit") && command.contains("\0run\0");
    }

    private static String told(String pid) {
        return "taking over from process " + pid + ", which finishes what it has"
                + (migrates()
                        ? ""
                        : "; clients whose handshake is under way as it closes its sockets may be reset, for net.ipv4.tcp_migrate_req is 0");
    }

    private static boolean migrates() {
        try {
            return Files.readString(MIGRATION).strip().equals("1");
        } catch (IOException e) {
            return false; // a kernel before 5.14
        }
    }
}
