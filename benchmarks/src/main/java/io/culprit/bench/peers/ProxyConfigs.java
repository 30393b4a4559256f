package io.culprit.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What each proxy is told: the same routes, kept connections for all clients, an access log, an error log, and otherwise
 * each program's own defaults. Responses of 16 KiB get buffers that hold them.
 */
final class ProxyConfigs {
    /** As many as the clients of the largest workload. */
    private static final int KEEPALIVE = 600;

    /** Connections to the upstream that is exhausted, and how many may wait for one where a proxy can let them. */
    static final int PLACES = 5;

    static final int QUEUE = 20;

    private static final List<String> BACKENDS = List.of("unix", "refused", "sim", "full");

    private final Path directory;
    private final int upstream;
    private final String unix;
    private final int failing;
    private final Map<String, Integer> haproxyPorts = new HashMap<>();

    ProxyConfigs(Path directory, int upstream, String unix, int failing) {
        this.directory = directory;
        this.upstream = upstream;
        this.unix = unix;
        this.failing = failing;
    }

    Path culprit(int port, boolean journal) throws IOException {
        String name = journal ? "culprit" : "bare";
        return Files.writeString(directory.resolve(name + ".yaml"), """
                listen: [ { address: "127.0.0.1:%1$d" } ]
                io_threads: 1
                access_log: { path: %2$s/%9$s-access.log, format: combined }
                error_log: { path: %2$s/%9$s-error.log, level: error }
                journal: { url: "%10$s" }
                upstreams:
                  app: { servers: [ "127.0.0.1:%3$d" ], keepalive: { connections: %4$d, requests: 1000000000 } }
                  unix: { servers: [ "unix:%5$s" ], keepalive: { connections: %4$d, requests: 1000000000 } }
                  refused: { servers: [ "127.0.0.1:1" ] }
                  sim: { servers: [ "127.0.0.1:%6$d" ], keepalive: { connections: %4$d, requests: 1000000000 } }
                  full:
                    servers: [ "127.0.0.1:%6$d" ]
                    max_connections: %7$d
                    queue: { size: %8$d, timeout: 5s }
                    keepalive: { connections: %7$d, requests: 1000000000 }
                routes:
                  - { match: { path: / }, upstream: app }
                  - { match: { path: /unix/ }, upstream: unix, rewrite: { strip_prefix: /unix } }
                  - { match: { path: /refused }, upstream: refused }
                  - { match: { path: /reset }, upstream: sim }
                  - { match: { path: /garbage }, upstream: sim }
                  - { match: { path: /full }, upstream: full }
                """.formatted(
                        port,
                        directory,
                        upstream,
                        KEEPALIVE,
                        unix,
                        failing,
                        PLACES,
                        QUEUE,
                        name,
                        journal ? "jdbc:h2:" + directory + "/journal" : "off"));
    }

    Path nginx(int port) throws IOException {
        return Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                worker_processes 1;
                worker_rlimit_nofile 16000;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx-error.log error;
                events { worker_connections 7000; }
                http {
                  access_log %1$s/nginx-access.log combined;
                  client_body_temp_path %1$s/nb; proxy_temp_path %1$s/np; fastcgi_temp_path %1$s/nf;
                  uwsgi_temp_path %1$s/nu; scgi_temp_path %1$s/ns;
                  keepalive_requests 1000000000;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  upstream app { server 127.0.0.1:%2$d max_fails=0; keepalive %3$d; keepalive_requests 1000000000; }
                  upstream unixup { server unix:%4$s max_fails=0; keepalive %3$d; keepalive_requests 1000000000; }
                  upstream sim { server 127.0.0.1:%5$d max_fails=0; keepalive %3$d; }
                  upstream full { zone full 64k; server 127.0.0.1:%5$d max_conns=%7$d max_fails=0; keepalive %7$d; }
                  server {
                    listen 127.0.0.1:%6$d backlog=4096;
                    location / { proxy_pass http://app; }
                    location /16k {
                      proxy_pass http://app;
                      proxy_buffer_size 32k; proxy_buffers 4 32k; proxy_busy_buffers_size 64k;
                    }
                    location /unix/ { proxy_pass http://unixup/; }
                    location /refused { proxy_pass http://127.0.0.1:1; }
                    location /reset { proxy_pass http://sim; }
                    location /garbage { proxy_pass http://sim; }
                    location /full { proxy_pass http://full; }
                  }
                }
                """.formatted(
                        directory, upstream, KEEPALIVE, unix, failing, port, PLACES));
    }

    /** A frontend for each backend, so that no request pays for choosing among those of the others. */
    Path haproxy(int port, boolean large) throws IOException {
        for (String backend : BACKENDS) {
            haproxyPorts.put(backend + large, Testbed.freePort());
        }
        return Files.writeString(directory.resolve("haproxy-" + large + ".cfg"), """
                global
                  nbthread 1
                  maxconn 6000
                  %8$s
                  log stdout format raw local0
                defaults
                  mode http
                  option httplog
                  log global
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                  timeout queue 5s
                  retries 0
                  http-reuse always
                frontend app
                  bind 127.0.0.1:%1$d backlog 4096
                  default_backend app
                frontend unix
                  bind 127.0.0.1:%9$d backlog 4096
                  http-request replace-path /unix(/.*) \\1
                  default_backend unix
                frontend refused
                  bind 127.0.0.1:%10$d backlog 4096
                  default_backend refused
                frontend sim
                  bind 127.0.0.1:%11$d backlog 4096
                  default_backend sim
                frontend full
                  bind 127.0.0.1:%12$d backlog 4096
                  default_backend full
                backend app
                  server s 127.0.0.1:%2$d pool-max-conn %3$d
                backend unix
                  server s unix@%4$s pool-max-conn %3$d
                backend refused
                  server s 127.0.0.1:1
                backend sim
                  server s 127.0.0.1:%5$d
                backend full
                  server s 127.0.0.1:%5$d maxconn %6$d maxqueue %7$d
                """.formatted(
                        port,
                        upstream,
                        KEEPALIVE,
                        unix,
                        failing,
                        PLACES,
                        QUEUE,
                        large ? "tune.bufsize 32768" : "",
                        haproxyPort("unix", large),
                        haproxyPort("refused", large),
                        haproxyPort("sim", large),
                        haproxyPort("full", large)));
    }

    int haproxyPort(String backend, boolean large) {
        return haproxyPorts.get(backend + large);
    }
}
