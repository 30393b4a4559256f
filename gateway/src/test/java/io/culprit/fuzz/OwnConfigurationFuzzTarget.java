package io.culprit.fuzz;

import io.culprit.config.ConfigException;
import io.culprit.config.Problem;
import io.culprit.config.read.ConfigLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Any bytes as this gateway's configuration: it is read, or what is wrong is said with its place. */
public final class OwnConfigurationFuzzTarget {
    private static final Path FOLDER = Scratch.folder();

    private OwnConfigurationFuzzTarget() {}

    public static List<byte[]> seeds() {
        return Stream.of("""
                        listen: [ { address: "127.0.0.1:8080", tls: { certificate: a.pem, key: b.pem } } ]
                        upstreams: { a: { servers: [ "127.0.0.1:1" ], balance: least_conn, keepalive: { connections: 4 } } }
                        routes: [ { match: { path: /api }, upstream: a, strip_prefix: /api, timeouts: { response: 3s } } ]
                        """, """
                        include: [ "conf.d/*.yaml" ]
                        upstreams:
                          php: { protocol: fastcgi, servers: [ "unix:/run/php.sock" ], fastcgi: { root: /srv, params: { A: "${B}" } } }
                          srv: { servers: [ "srv:_http._tcp.a.example" ], resolver: { servers: [ "127.0.0.1:53" ] } }
                        routes:
                          - match: { host: "*.a.example", regex: "^/x(.*)$", methods: [ GET ] }
                            upstream: php
                          - match: { exact: "/\\0" }
                            respond: { status: 503, body: "x", headers: { A: b } }
                        limits: { connections: 10, memory: 64m }
                        admin: { listen: "127.0.0.1:9090", token: t }
                        temp_directory: "/tmp/a"
                        """, """
                        error_pages: { "502": "e.html" }
                        journal: { url: "jdbc:h2:./j", password: "${P:-x}" }
                        access_log: { path: "/dev/null", format: json }
                        proxy_protocol: { from: [ "10.0.0.0/8" ] }
                        """)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Path file = Files.write(FOLDER.resolve("culprit.yaml"), input);
        try {
            ConfigLoader.load(file, Map.of("B", "b"));
        } catch (ConfigException e) {
            if (e.problems().isEmpty()) {
                throw new AssertionError("no word of what is wrong", e);
            }
            for (Problem each : e.problems()) {
                if (each.message().isBlank() || each.line() < 0 || each.column() < 0) {
                    throw new AssertionError("no word or no place: " + each, e);
                }
            }
        }
    }
}
