package io.culprit.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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

    private static final List<String> BACKENDS = List.of("unix", "refused", "sim", "full", "tlsup", "echo", "tls");

    private final Path directory;
    private final int upstream;
    private final String unix;
    private final int failing;
    private final int upstreamTls;
    private final int echo;
    private final int culpritTls;
    private final int nginxTls;
    private final Map<String, Integer> haproxyPorts = new HashMap<>();

    /**
     * @param directory has the certificate in {@code site.crt}, its key in {@code site.key}, both in {@code site.pem}
     * @param upstream port that speaks HTTP, as {@code upstreamTls} does over TLS
     * @param failing port of what breaks its answers
     * @param echo port of what switches to WebSocket
     */
    ProxyConfigs(Path directory, int upstream, int upstreamTls, String unix, int failing, int echo) throws IOException {
        this.upstreamTls = upstreamTls;
        this.echo = echo;
        this.culpritTls = Testbed.freePort();
        this.nginxTls = Testbed.freePort();
        this.directory = directory;
        this.upstream = upstream;
        this.unix = unix;
        this.failing = failing;
    }

    Path culprit(int port, boolean journal) throws IOException {
        String name = journal ? "culprit" : "bare";
        return Files.writeString(directory.resolve(name + ".yaml"), """
                listen:
                  - { address: "127.0.0.1:%1$d" }
                  - { address: "127.0.0.1:%11$d", tls: { certificate: %2$s/site.crt, key: %2$s/site.key } }
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
                  tlsup:
                    servers: [ "127.0.0.1:%12$d" ]
                    protocol: https
                    tls: { ca: %2$s/site.crt, name: a.test }
                    keepalive: { connections: %4$d, requests: 1000000000 }
                  echo: { servers: [ "127.0.0.1:%13$d" ] }
                routes:
                  - { match: { path: / }, upstream: app }
                  - { match: { path: /tlsup/ }, upstream: tlsup, rewrite: { strip_prefix: /tlsup } }
                  - { match: { path: /echo }, upstream: echo }
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
                        journal ? "jdbc:h2:" + directory + "/journal" : "off",
                        journal ? culpritTls : Testbed.freePort(),
                        upstreamTls,
                        echo));
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
                  upstream tlsapp { server 127.0.0.1:%9$d max_fails=0; keepalive %3$d; keepalive_requests 1000000000; }
                  upstream sim { server 127.0.0.1:%5$d max_fails=0; keepalive %3$d; }
                  upstream full { zone full 64k; server 127.0.0.1:%5$d max_conns=%7$d max_fails=0; keepalive %7$d; }
                  server {
                    listen 127.0.0.1:%6$d backlog=4096;
                    listen 127.0.0.1:%8$d ssl http2 backlog=4096;
                    ssl_certificate %1$s/site.crt; ssl_certificate_key %1$s/site.key;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
                    location / { proxy_pass http://app; }
                    location /16k {
                      proxy_pass http://app;
                      proxy_buffer_size 32k; proxy_buffers 4 32k; proxy_busy_buffers_size 64k;
                    }
                    location /unix/ { proxy_pass http://unixup/; }
                    location /tlsup/ {
                      proxy_pass https://tlsapp/;
                      proxy_ssl_verify on; proxy_ssl_trusted_certificate %1$s/site.crt;
                      proxy_ssl_name a.test; proxy_ssl_server_name on; proxy_ssl_protocols TLSv1.3; proxy_ssl_session_reuse on;
                    }
                    location /echo {
                      proxy_pass http://127.0.0.1:%10$d;
                      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
                    }
                    location /refused { proxy_pass http://127.0.0.1:1; }
                    location /reset { proxy_pass http://sim; }
                    location /garbage { proxy_pass http://sim; }
                    location /full { proxy_pass http://full; }
                  }
                }
                """.formatted(
                        directory, upstream, KEEPALIVE, unix, failing, port, PLACES, nginxTls, upstreamTls, echo));
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
                frontend tls
                  http-request set-header Host a.test if !{ req.hdr(host) -m found }
                  bind 127.0.0.1:%13$d backlog 4096 ssl crt %16$s/site.pem alpn h2,http/1.1 ciphersuites TLS_AES_128_GCM_SHA256
                  default_backend app
                frontend tlsup
                  bind 127.0.0.1:%14$d backlog 4096
                  http-request replace-path /tlsup(/.*) \\1
                  default_backend tlsup
                frontend echo
                  bind 127.0.0.1:%15$d backlog 4096
                  default_backend echo
                backend tlsup
                  server s 127.0.0.1:%17$d pool-max-conn %3$d ssl verify required ca-file %16$s/site.crt verifyhost a.test sni str(a.test)
                backend echo
                  server s 127.0.0.1:%18$d
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
                        haproxyPort("full", large),
                        haproxyPort("tls", large),
                        haproxyPort("tlsup", large),
                        haproxyPort("echo", large),
                        directory,
                        upstreamTls,
                        echo));
    }

    /** Where a proxy speaks TLS. */
    int tlsPort(Peer.Kind kind, boolean large) {
        return switch (kind) {
            case CULPRIT -> culpritTls;
            case NGINX -> nginxTls;
            case HAPROXY -> haproxyPort("tls", large);
            default -> throw new IllegalArgumentException(kind + " speaks no TLS here");
        };
    }

    int haproxyPort(String backend, boolean large) {
        return Objects.requireNonNull(haproxyPorts.get(backend + large));
    }
}
