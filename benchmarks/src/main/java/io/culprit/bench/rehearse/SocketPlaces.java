package io.culprit.bench.rehearse;

import io.culprit.sim.scenario.Listens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;

/** Where pools listen that do not say so: each in a place of its own, with a path short enough for a socket. */
final class SocketPlaces implements Listens {
    private final Path directory;
    private int given;

    SocketPlaces(Path directory) {
        this.directory = directory;
    }

    @Override
    public String address(String pool, boolean tcp) {
        if (!tcp) {
            return directory.resolve(pool + "-" + given++ + ".sock").toString();
        }
        try (ServerSocket probe = new ServerSocket(0)) {
            return "127.0.0.1:" + probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free", e);
        }
    }
}
