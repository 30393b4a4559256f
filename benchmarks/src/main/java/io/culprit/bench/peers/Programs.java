package io.culprit.bench.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The real programs a comparison needs, and where to get them. */
public final class Programs {
    /** Program to Debian package. */
    private static final Map<String, String> NEEDED = new TreeMap<>(Map.of(
            "nginx",
            "nginx",
            "haproxy",
            "haproxy",
            "wrk",
            "wrk",
            "taskset",
            "util-linux",
            "h2load",
            "nghttp2-client",
            "openssl",
            "openssl"));

    private Programs() {}

    /** What is missing and how to get it, empty when all is there. */
    static Optional<String> missing() {
        List<String> packages = new ArrayList<>();
        NEEDED.forEach((program, name) -> {
            if (find(program).isEmpty()) {
                packages.add(name);
            }
        });
        return packages.isEmpty()
                ? Optional.empty()
                : Optional.of("missing: " + String.join(", ", packages) + "; on Debian: apt-get install "
                        + String.join(" ", packages));
    }

    public static Optional<String> find(String program) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            Path candidate = Path.of(directory, program);
            if (Files.isExecutable(candidate)) {
                return Optional.of(candidate.toString());
            }
        }
        return Optional.empty();
    }

    static String path(String program) {
        return find(program).orElseThrow(() -> new IllegalStateException(program + " is missing"));
    }

    /** A peer's program: the one that was given, or the installed one of its name. */
    static String path(Peer.Kind kind, Map<Peer.Kind, Path> given) {
        Path other = given.get(kind);
        return other == null ? path(kind.id()) : other.toString();
    }
}
