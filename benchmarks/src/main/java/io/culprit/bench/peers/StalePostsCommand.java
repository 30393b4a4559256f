package io.culprit.bench.peers;

import io.culprit.bench.peers.load.ClosingUpstream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
        },
        footer = {"", "Example:", "  culprit bench stale-posts --rounds 3"})
public final class StalePostsCommand extends ProgramsCommand {
    private static final double GOAL = 0.5;

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
    Optional<String> objection() {
        return rounds >= 1 && seconds >= 1 && clients >= 1
                ? Optional.empty()
                : Optional.of("at least one round, one second and one client are needed");
    }

    @Override
    int measure(Path directory) throws IOException, InterruptedException {
        Map<Peer.Kind, Tally> tallies = new EnumMap<>(Peer.Kind.class);
        try (ClosingUpstream upstream = new ClosingUpstream()) {
            measure(new PlainProxies(launcher(), directory, upstream.port(), 1_024, 60), tallies);
        }
        return report(tallies);
    }

    private void measure(PlainProxies proxies, Map<Peer.Kind, Tally> tallies) throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>();
        try {
            for (Peer.Kind kind : PlainProxies.KINDS) {
                peers.add(proxies.start(kind, ""));
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
