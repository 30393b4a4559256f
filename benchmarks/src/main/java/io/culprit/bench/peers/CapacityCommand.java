package io.culprit.bench.peers;

import io.culprit.bench.peers.capacity.AcceptedConnections;
import io.culprit.bench.peers.capacity.Behaviour;
import io.culprit.bench.peers.capacity.Crowd;
import io.culprit.bench.peers.usage.ProcFs;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench capacity}: how many clients are held that take their time, and how a fresh one fares meanwhile. */
@Command(
        name = "capacity",
        description = {
            "Let clients in that send nothing, half a head or half a body, or read nothing, from 40 addresses, 2,000 at a time, until all are"
                    + " there; count how many each proxy holds, how long a fresh client waits while they come and once they stand, and the"
                    + " memory an idle one takes. Culprit with each heap beside nginx and HAProxy."
        },
        footer = {"", "Example:", "  culprit bench capacity --heap 256m --behaviour IDLE"})
public final class CapacityCommand extends ProgramsCommand {
    private static final int AT_A_TIME = 2_000;
    private static final int PATIENCE_SECONDS = 600;
    private static final int BIG = 1_000_000;

    @Option(names = "--clients", defaultValue = "9500", description = "tried (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(
            names = "--heap",
            split = ",",
            defaultValue = "64m,256m,1024m",
            description = "-Xmx of Culprit (default: ${DEFAULT-VALUE})")
    private List<String> heaps;

    @Option(
            names = "--settle",
            defaultValue = "5",
            description = "seconds after the last has come (default: ${DEFAULT-VALUE})")
    private int settle;

    @Option(
            names = "--behaviour",
            split = ",",
            description = "what the clients do: ${COMPLETION-CANDIDATES} (default: each in turn)")
    private List<Behaviour> behaviours = List.of(Behaviour.values());

    @Override
    Optional<String> objection() {
        if (clients < 1 || settle < 0) {
            return Optional.of("at least one client is needed, and no time below zero");
        }
        Optional<String> malformed =
                heaps.stream().filter(heap -> !heap.matches("[1-9][0-9]*[mg]")).findFirst();
        return malformed.map(heap -> "--heap " + heap + ": a number and m or g is needed, such as 256m");
    }

    @Override
    int measure(Path directory) throws IOException, InterruptedException {
        int port = Testbed.freePort();
        System.out.println(
                "| clients | proxy | held | fresh client while they come, worst | once they stand | bytes for each |");
        System.out.println("|---|---|---|---|---|---|");
        try (Peer upstream = Peer.start(
                Peer.Kind.NGINX,
                Peer.LOAD_CORE,
                List.of(Programs.path("nginx"), "-c", origin(directory, port), "-p", directory.toString()),
                port,
                directory.resolve("origin.out"))) {
            PlainProxies proxies =
                    new PlainProxies(launcher(), directory, upstream.port(), clients + 100, PATIENCE_SECONDS);
            for (Behaviour behaviour : behaviours) {
                for (String heap : heaps) {
                    row(proxies, Peer.Kind.CULPRIT, heap, behaviour);
                }
                row(proxies, Peer.Kind.NGINX, "", behaviour);
                row(proxies, Peer.Kind.HAPROXY, "", behaviour);
            }
        }
        return 0;
    }

    private static String origin(Path directory, int port) throws IOException {
        Path root = Files.createDirectories(directory.resolve("root"));
        Files.write(root.resolve("big"), new byte[BIG]);
        return Files.writeString(directory.resolve("origin.conf"), """
                daemon off;
                worker_processes 1;
                pid %1$s/origin.pid;
                error_log %1$s/origin-error.log crit;
                events { worker_connections 20000; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/ob; proxy_temp_path %1$s/op; fastcgi_temp_path %1$s/of;
                  uwsgi_temp_path %1$s/ou; scgi_temp_path %1$s/os;
                  keepalive_requests 1000000000; send_timeout %3$ds;
                  server {
                    listen 127.0.0.1:%2$d backlog=4096;
                    location / { return 200 "ok"; }
                    location = /big { root %1$s/root; }
                  }
                }
                """.formatted(directory, port, PATIENCE_SECONDS))
                .toString();
    }

    private void row(PlainProxies proxies, Peer.Kind kind, String heap, Behaviour behaviour)
            throws IOException, InterruptedException {
        try (Peer peer = proxies.start(kind, heap);
                Crowd crowd = new Crowd(new InetSocketAddress("127.0.0.1", peer.port()), behaviour)) {
            long memory = ProcFs.rss(peer.pid());
            FreshClient fresh = new FreshClient(peer.port());
            for (int i = 0; i < clients; i++) {
                crowd.join();
                if (i % AT_A_TIME == AT_A_TIME - 1) {
                    crowd.go(1_000);
                }
            }
            crowd.go(settle * 1_000L);
            double coming = fresh.worstMillis();
            long held = AcceptedConnections.of(peer.port());
            double standing = 0;
            for (int i = 0; i < 5; i++) {
                crowd.go(100);
                standing = Math.max(standing, FreshClient.once(peer.port()));
            }
            System.out.printf(
                    "| %s | %s | %,d | %s | %s | %,d |%n",
                    behaviour.title(),
                    kind.title() + (heap.isEmpty() ? "" : " -Xmx" + heap),
                    held,
                    shown(coming),
                    shown(standing),
                    (ProcFs.rss(peer.pid()) - memory) / Math.max(1, held));
        }
    }

    private static String shown(double millis) {
        return millis == FreshClient.NEVER
                ? "not served in %d s".formatted(FreshClient.PATIENCE_MILLIS / 1_000)
                : millis < 1_000 ? "%.0f ms".formatted(millis) : "%.1f s".formatted(millis / 1_000);
    }

    /** Asks once after the other beside the crowd, on a new connection each time. */
    private static final class FreshClient {
        static final int PATIENCE_MILLIS = 20_000;
        static final double NEVER = Double.POSITIVE_INFINITY;

        private final Thread thread;
        private volatile boolean over;
        private volatile double worst;

        FreshClient(int port) {
            thread = new Thread(() -> ask(port), "fresh-client");
            thread.setDaemon(true);
            thread.start();
        }

        private void ask(int port) {
            while (!over) {
                worst = Math.max(worst, once(port));
                try {
                    Thread.sleep(50); // the pace at which somebody new comes
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        /** The longest so far, after the request that runs. */
        double worstMillis() throws InterruptedException {
            over = true;
            thread.join();
            return worst;
        }

        /** Milliseconds of one request. */
        static double once(int port) {
            long start = System.nanoTime();
            try (Socket client = new Socket()) {
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
                client.setSoTimeout(PATIENCE_MILLIS);
                client.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                InputStream in = client.getInputStream();
                String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
                return head.endsWith(" 200") ? (System.nanoTime() - start) / 1e6 : NEVER;
            } catch (IOException e) {
                return NEVER;
            }
        }
    }
}
