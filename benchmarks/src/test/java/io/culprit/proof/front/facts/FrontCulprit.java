package io.culprit.proof.front.facts;

import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Culprit with the listeners of {@link FrontOracle#LISTENERS}; it has no upper bound of versions, and no anyca. */
final class FrontCulprit {
    private static final Map<String, String> LISTENERS = new LinkedHashMap<>();

    static {
        String both =
                "certificates: [ { certificate: DIR/a.crt, key: DIR/a.key }, { certificate: DIR/b.crt, key: DIR/b.key } ]";
        String one = "certificate: DIR/a.crt, key: DIR/a.key";
        LISTENERS.put("plain", "");
        LISTENERS.put("h2c", ", http2: true");
        LISTENERS.put("proxy", ", proxy_protocol: true");
        LISTENERS.put("proxy-h2c", ", proxy_protocol: true, http2: true");
        LISTENERS.put("tls", ", tls: { " + both + " }");
        LISTENERS.put("strict", ", tls: { " + one + ", unknown_names: refuse }");
        LISTENERS.put("tls13", ", tls: { " + one + ", min_version: 1.3 }");
        LISTENERS.put("mtls", ", tls: { " + both + ", client_ca: DIR/ca.crt }");
        LISTENERS.put("optional", ", tls: { " + both + ", client_ca: DIR/ca.crt, client_verify: optional }");
        LISTENERS.put("h1only", ", http2: false, tls: { " + one + " }");
        LISTENERS.put("early", ", tls: { " + one + " }");
        LISTENERS.put("proxy-tls", ", proxy_protocol: true, tls: { " + one + " }");
    }

    private FrontCulprit() {}

    static TestGateway start(int upstream, Path certs) throws IOException {
        return start(upstream, certs, LISTENERS.keySet());
    }

    /** With these listeners only, which does not take so long. */
    static TestGateway start(int upstream, Path certs, Set<String> listeners) throws IOException {
        StringBuilder listen = new StringBuilder("listen:\n");
        listeners.forEach(each -> listen.append("  - { address: \"127.0.0.1:0\"")
                .append(LISTENERS.get(each).replace("DIR", certs.toString()))
                .append(" }\n"));
        return TestGateway.start(listen + """
                limits: { head_timeout: 2s, body_timeout: 2s, send_timeout: 3s, idle: 4s }
                trusted_proxies: [ 127.0.0.1 ]
                upstreams:
                  main: { servers: [ "127.0.0.1:%1$d" ], timeouts: { connect: 2s, send: 2s, read: 2s, tunnel: 2s } }
                  long: { servers: [ "127.0.0.1:%1$d" ], timeouts: { connect: 2s, send: 2s, read: 6s } }
                  dead: { servers: [ "127.0.0.1:1" ] }
                routes:
                  - { upstream: main }
                  - { match: { path: /long }, upstream: long }
                  - { match: { path: /dead }, upstream: dead }
                """.formatted(upstream));
    }

    static Map<String, Integer> ports(TestGateway gateway) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String each : LISTENERS.keySet()) {
            ports.put(each, gateway.port(ports.size()));
        }
        return ports;
    }
}
