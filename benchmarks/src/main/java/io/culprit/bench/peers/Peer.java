package io.culprit.bench.peers;

import io.culprit.bench.peers.load.LoadGenerator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One proxy while the benchmark runs: a process of its own on the proxy's core. */
public final class Peer implements AutoCloseable {
    /** Core of every proxy; load and upstream have the other. */
    public static final String PROXY_CORE = "0";

    static final String LOAD_CORE = LoadGenerator.CORE;

    /** What is compared. */
    public enum Kind {
        CULPRIT("Culprit"),
        /** The same without a journal: what keeping one costs. */
        BARE("Culprit without journal"),
        NGINX("nginx"),
        HAPROXY("HAProxy"),
        UNDERTOW("Undertow ProxyHandler");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        /** Whether it gets faster while it runs. */
        boolean isJvm() {
            return this == CULPRIT || this == BARE || this == UNDERTOW;
        }

        public String id() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final Kind kind;
    private final Process process;
    private final int port;

    private Peer(Kind kind, Process process, int port) {
        this.kind = kind;
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a program on a core and waits until it listens.
     *
     * @param port where it will listen
     * @throws IOException when it ends instead, with what it said
     */
    static Peer start(Kind kind, String core, List<String> command, int port, Path output) throws IOException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", core));
        pinned.addAll(command);
        Process process = new ProcessBuilder(pinned)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Peer peer = new Peer(kind, process, port);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Runtime.getRuntime().addShutdownHook(new Thread(peer::close)); // an interrupted run leaves nobody behind
        while (!listens(port)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                String said = Files.readString(output);
                peer.close();
                throw new IOException(kind.title() + " did not start: " + said);
            }
        }
        return peer;
    }

    private static boolean listens(int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress("127.0.0.1", port), 100);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    Kind kind() {
        return kind;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
