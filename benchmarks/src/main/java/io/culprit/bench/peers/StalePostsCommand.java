package io.culprit.bench.peers;

import io.culprit.bench.Folders;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code culprit bench stale-posts}: how many POSTs meet a connection that their upstream is just closing, beside nginx and HAProxy.
 * Such a request may not be repeated, so that whoever sends it without a look fails it.
 */
@Command(
        name = "stale-posts",
        description = {
            "Send POSTs at 50/s on each of some connections to an upstream that closes kept ones after 20 to 80 ms, through each proxy in"
                    + " turn, and count the failures. Exit 1 when more than half as many fail as with the better of nginx and HAProxy."
        })
public final class StalePostsCommand implements Callable<Integer> {
    private static final List<Peer.Kind> KINDS = List.of(Peer.Kind.CULPRIT, Peer.Kind.NGINX, Peer.Kind.HAPROXY);
    private static final double GOAL = 0.5;

    @Mixin
    private LauncherOption launcher;

    @Option(names = "--rounds", defaultValue = "5", description = "interleaved rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "30", description = "of each round (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--clients",
            defaultValue = "8",
            description = "connections, 50 POSTs/s each (default: ${DEFAULT-VALUE})")
    private int clients;

    /** What became of one proxy's POSTs. */
    private static final class Tally {
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();

        double perTenThousand() {
            return failed.get() * 10_000.0 / Math.max(1, sent.get());
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        Optional<String> missing = Programs.missing();
        if (missing.isPresent() || rounds < 1 || seconds < 1 || clients < 1) {
            System.err.println(
                    "culprit: " + missing.orElse("at least one round, one second and one client are needed"));
            return 2;
        }
        Map<Peer.Kind, Tally> tallies = new EnumMap<>(Peer.Kind.class);
        try {
            Path directory = Files.createTempDirectory("b");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            try (ClosingUpstream upstream = new ClosingUpstream()) {
                measure(directory, upstream.port(), tallies);
            } finally {
                Folders.delete(directory);
            }
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
            return 2;
        }
        return report(tallies);
    }

    private void measure(Path directory, int upstream, Map<Peer.Kind, Tally> tallies)
            throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>();
        try {
            for (Peer.Kind kind : KINDS) {
                int port = Testbed.freePort();
                peers.add(Peer.start(
                        kind,
                        Peer.PROXY_CORE,
                        command(kind, directory, port, upstream),
                        port,
                        directory.resolve(kind.id() + ".out")));
            }
            for (int round = 0; round < rounds; round++) {
                for (Peer peer : peers) {
                    load(peer.port(), tallies.computeIfAbsent(peer.kind(), k -> new Tally()));
                }
            }
        } finally {
            peers.forEach(Peer::close);
        }
    }

    private List<String> command(Peer.Kind kind, Path directory, int port, int upstream) throws IOException {
        return switch (kind) {
            case NGINX -> List.of(Programs.path("nginx"), "-c", nginx(directory, port, upstream), "-p", directory + "");
            case HAPROXY -> List.of(Programs.path("haproxy"), "-f", haproxy(directory, port, upstream), "-db");
            default -> {
                List<String> command = new ArrayList<>(launcher.command());
                command.addAll(List.of("run", "-c", culprit(directory, port, upstream)));
                yield command;
            }
        };
    }

    private static String culprit(Path directory, int port, int upstream) throws IOException {
        return Files.writeString(directory.resolve("culprit.yaml"), """
                listen: [ { address: "127.0.0.1:%d" } ]
                access_log: { path: %s/access.log, format: combined }
                journal: { url: "off" }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ], health: { max_fails: 0 } } }
                routes: [ { upstream: app } ]
                """.formatted(port, directory, upstream))
                .toString();
    }

    private static String nginx(Path directory, int port, int upstream) throws IOException {
        return Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx-error.log crit;
                events { worker_connections 1024; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/nb; proxy_temp_path %1$s/np; fastcgi_temp_path %1$s/nf;
                  uwsgi_temp_path %1$s/nu; scgi_temp_path %1$s/ns;
                  keepalive_requests 1000000000;
                  upstream app { server 127.0.0.1:%3$d max_fails=0; keepalive 64; }
                  server {
                    listen 127.0.0.1:%2$d;
                    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
                  }
                }
                """.formatted(directory, port, upstream))
                .toString();
    }

    private static String haproxy(Path directory, int port, int upstream) throws IOException {
        return Files.writeString(directory.resolve("haproxy.cfg"), """
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                frontend front
                  bind 127.0.0.1:%d
                  default_backend app
                backend app
                  server s1 127.0.0.1:%d
                """.formatted(port, upstream))
                .toString();
    }

    private void load(int port, Tally tally) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Thread client = new Thread(() -> post(port, end, tally), "client-" + i);
            client.start();
            threads.add(client);
        }
        for (Thread each : threads) {
            each.join();
        }
    }

    private static void post(int port, long end, Tally tally) {
        @Nullable Socket socket = null;
        try {
            while (System.nanoTime() < end) {
                tally.sent.incrementAndGet();
                try {
                    if (socket == null) {
                        socket = new Socket(InetAddress.getLoopbackAddress(), port);
                        socket.setSoTimeout(5_000);
                    }
                    Answers.Answer answer = Answers.post(socket, new BufferedInputStream(socket.getInputStream()));
                    if (answer.status() != 200) {
                        tally.failed.incrementAndGet();
                    }
                    if (answer.closes()) {
                        socket.close();
                        socket = null;
                    }
                } catch (IOException e) {
                    tally.failed.incrementAndGet();
                    if (socket != null) {
                        socket.close();
                    }
                    socket = null;
                }
                Thread.sleep(20); // the pace of a client
            }
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            System.err.println("culprit: closing a client: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int report(Map<Peer.Kind, Tally> tallies) {
        System.out.println("| proxy | POSTs | failed | of 10,000 |");
        System.out.println("|---|---|---|---|");
        tallies.forEach((kind, tally) -> System.out.printf(
                "| %s | %,d | %,d | %.1f |%n",
                kind.title(), tally.sent.get(), tally.failed.get(), tally.perTenThousand()));
        double ours = tallies.getOrDefault(Peer.Kind.CULPRIT, new Tally()).perTenThousand();
        double better = Math.min(
                tallies.getOrDefault(Peer.Kind.NGINX, new Tally()).perTenThousand(),
                tallies.getOrDefault(Peer.Kind.HAPROXY, new Tally()).perTenThousand());
        boolean met = ours <= better * GOAL;
        System.out.printf(
                "%nCulprit fails %.1f of 10,000, the better of the others %.1f; the goal is half of that: %s%n",
                ours, better, met ? "met" : "missed");
        return met ? 0 : 1;
    }
}
