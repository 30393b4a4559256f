package io.culprit.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Culprit, nginx and HAProxy before one upstream and with no setting beyond what a comparison needs: how many clients there may be,
 * and how long each may say nothing.
 */
final class PlainProxies {
    static final List<Peer.Kind> KINDS = List.of(Peer.Kind.CULPRIT, Peer.Kind.NGINX, Peer.Kind.HAPROXY);

    private final List<String> launcher;
    private final Path directory;
    private final int upstream;
    private final int clients;
    private final int patience;

    /**
     * @param launcher starts the gateway
     * @param upstream port on loopback
     * @param clients connections that may be open at a time; the gateway finds out by itself
     * @param patience seconds a client may say or take nothing
     */
    PlainProxies(List<String> launcher, Path directory, int upstream, int clients, int patience) {
        this.launcher = launcher;
        this.directory = directory;
        this.upstream = upstream;
        this.clients = clients;
        this.patience = patience;
    }

    /**
     * Starts one on the proxies' core.
     *
     * @param heap {@code -Xmx} of the gateway, empty for the launcher's own; the others have no such thing
     */
    Peer start(Peer.Kind kind, String heap) throws IOException {
        int port = Testbed.freePort();
        List<String> command = switch (kind) {
            case NGINX -> List.of(Programs.path("nginx"), "-c", nginx(port), "-p", directory.toString());
            case HAPROXY -> List.of(Programs.path("haproxy"), "-f", haproxy(port), "-db");
            default -> culprit(port, heap);
        };
        return Peer.start(kind, Peer.PROXY_CORE, command, port, directory.resolve(kind.id() + ".out"));
    }

    private List<String> culprit(int port, String heap) throws IOException {
        Path config = Files.writeString(
                directory.resolve("culprit.yaml"), """
                listen: [ { address: "127.0.0.1:%1$d" } ]
                access_log: { path: %2$s/access.log, format: combined }
                error_log: { path: %2$s/error.log }
                temp_directory: %2$s
                journal: { url: "off" }
                limits: { head_timeout: %4$ds, body_timeout: %4$ds, send_timeout: %4$ds, idle: %4$ds }
                upstreams: { app: { servers: [ "127.0.0.1:%3$d" ], health: { max_fails: 0 } } }
                routes: [ { upstream: app } ]
                """.formatted(port, directory, upstream, patience));
        List<String> command = new ArrayList<>();
        if (!heap.isEmpty()) {
            command.addAll(List.of("env", "CULPRIT_JAVA_OPTS=-Xmx" + heap));
        }
        command.addAll(launcher);
        command.addAll(List.of("run", "-c", config.toString()));
        return command;
    }

    private String nginx(int port) throws IOException {
        return Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx-error.log crit;
                events { worker_connections %4$d; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/nb; proxy_temp_path %1$s/np; fastcgi_temp_path %1$s/nf;
                  uwsgi_temp_path %1$s/nu; scgi_temp_path %1$s/ns;
                  keepalive_requests 1000000000;
                  client_header_timeout %5$ds; client_body_timeout %5$ds; send_timeout %5$ds; keepalive_timeout %5$ds;
                  upstream app { server 127.0.0.1:%3$d max_fails=0; keepalive 64; }
                  server {
                    listen 127.0.0.1:%2$d backlog=4096;
                    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
                  }
                }
                """.formatted(
                        directory, port, upstream, 2 * clients, patience)) // the upstream's connections count, too
                .toString();
    }

    private String haproxy(int port) throws IOException {
        return Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                  maxconn %3$d
                defaults
                  mode http
                  maxconn %3$d
                  timeout connect 5s
                  timeout client %4$ds
                  timeout server %4$ds
                frontend front
                  bind 127.0.0.1:%1$d
                  default_backend app
                backend app
                  server s1 127.0.0.1:%2$d
                """.formatted(port, upstream, clients, patience))
                .toString();
    }
}
