package io.culprit.bench.peers;

import io.culprit.sim.protocol.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Upstream and proxies of one comparison, all started, with the same routes: an nginx as upstream on TCP and on a unix
 * socket, a simulated upstream that fails, a port nobody listens on.
 */
final class Arena implements AutoCloseable {
    /** As many as the clients of the largest workload. */
    private static final int KEEPALIVE = 600;

    private final Path directory;
    private final List<String> culprit;
    private final Peer upstream;
    private final HttpUpstream failing;
    private final String unix;
    private final Map<Peer.Kind, Peer> peers = new EnumMap<>(Peer.Kind.class);

    /**
     * @param directory with a short path, writable by everybody
     * @param culprit command that starts the gateway, without its arguments
     */
    Arena(Path directory, List<String> culprit) throws IOException {
        this.directory = directory;
        this.culprit = culprit;
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        this.failing = HttpUpstream.start("127.0.0.1", 0, new Rules());
        this.unix = directory.resolve("up.sock").toString();
        this.upstream = startUpstream();
    }

    static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private Peer startUpstream() throws IOException {
        Path root = Files.createDirectories(directory.resolve("www"));
        Files.writeString(root.resolve("s"), "s".repeat(199));
        Files.writeString(root.resolve("16k"), "k".repeat(16 * 1024));
        Files.writeString(root.resolve("chunked.html"), "<!--#echo var=\"host\" -->" + "c".repeat(1000));
        int port = freePort();
        Path config = Files.writeString(directory.resolve("upstream.conf"), """
                daemon off;
                worker_processes 1;
                pid %1$s/upstream.pid;
                error_log %1$s/upstream-error.log crit;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/ub; proxy_temp_path %1$s/up; fastcgi_temp_path %1$s/uf;
                  uwsgi_temp_path %1$s/uu; scgi_temp_path %1$s/us;
                  keepalive_requests 1000000000;
                  sendfile on; tcp_nopush on; open_file_cache max=100;
                  server {
                    listen 127.0.0.1:%2$d backlog=4096;
                    listen unix:%3$s backlog=4096;
                    root %1$s/www;
                    location /post { client_body_buffer_size 16k; proxy_pass_request_body off; return 200 "taken"; }
                    location = /chunked.html { ssi on; }
                  }
                }
                """.formatted(directory, port, unix));
        return Peer.start(
                Peer.Kind.NGINX,
                Peer.LOAD_CORE,
                List.of(Programs.path("nginx"), "-c", config.toString(), "-p", directory.toString()),
                port,
                directory.resolve("upstream.out"));
    }

    /** The proxy of this kind, started on first use. */
    Peer peer(Peer.Kind kind) throws IOException {
        Peer peer = peers.get(kind);
        if (peer == null) {
            int port = freePort();
            peer = Peer.start(kind, Peer.PROXY_CORE, command(kind, port), port, directory.resolve(kind.id() + ".out"));
            peers.put(kind, peer);
        }
        return peer;
    }

    /** Ends this proxy; the next use starts a fresh one. */
    void stop(Peer.Kind kind) {
        Peer peer = peers.remove(kind);
        if (peer != null) {
            peer.close();
        }
    }

    List<String> command(Peer.Kind kind, int port) throws IOException {
        return switch (kind) {
            case CULPRIT -> {
                List<String> command = new java.util.ArrayList<>(culprit);
                command.addAll(List.of("run", "-c", culpritConfig(port).toString()));
                yield command;
            }
            case NGINX ->
                List.of(Programs.path("nginx"), "-c", nginxConfig(port).toString(), "-p", directory.toString());
            case HAPROXY ->
                List.of(Programs.path("haproxy"), "-f", haproxyConfig(port).toString(), "-db");
            case UNDERTOW ->
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StockUndertow.class.getName(),
                        Integer.toString(port),
                        Integer.toString(upstream.port()),
                        directory.toString());
        };
    }

    private Path culpritConfig(int port) throws IOException {
        return Files.writeString(directory.resolve("culprit.yaml"), """
                listen: [ { address: "127.0.0.1:%1$d" } ]
                io_threads: 1
                access_log: { path: %2$s/culprit-access.log, format: combined }
                error_log: { path: %2$s/culprit-error.log, level: error }
                journal: { url: "jdbc:h2:%2$s/journal" }
                upstreams:
                  app: { servers: [ "127.0.0.1:%3$d" ], keepalive: { connections: %4$d, requests: 1000000000 } }
                  unix: { servers: [ "unix:%5$s" ], keepalive: { connections: %4$d, requests: 1000000000 } }
                  refused: { servers: [ "127.0.0.1:1" ] }
                  sim: { servers: [ "127.0.0.1:%6$d" ], keepalive: { connections: %4$d, requests: 1000000000 } }
                  full: { servers: [ "127.0.0.1:%6$d" ], max_connections: 5, keepalive: { connections: 5, requests: 1000000000 } }
                routes:
                  - { match: { path: / }, upstream: app }
                  - { match: { path: /unix/ }, upstream: unix, rewrite: { strip_prefix: /unix } }
                  - { match: { path: /refused }, upstream: refused }
                  - { match: { path: /reset }, upstream: sim }
                  - { match: { path: /garbage }, upstream: sim }
                  - { match: { path: /full }, upstream: full }
                """.formatted(
                        port, directory, upstream.port(), KEEPALIVE, unix, failing.port()));
    }

    private Path nginxConfig(int port) throws IOException {
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
                  proxy_buffer_size 32k; proxy_buffers 4 32k; proxy_busy_buffers_size 64k;
                  upstream app { server 127.0.0.1:%2$d max_fails=0; keepalive %3$d; keepalive_requests 1000000000; }
                  upstream unixup { server unix:%4$s max_fails=0; keepalive %3$d; keepalive_requests 1000000000; }
                  upstream sim { server 127.0.0.1:%5$d max_fails=0; keepalive %3$d; }
                  upstream full { zone full 64k; server 127.0.0.1:%5$d max_conns=5 max_fails=0; keepalive 5; }
                  server {
                    listen 127.0.0.1:%6$d backlog=4096;
                    location / { proxy_pass http://app; }
                    location /unix/ { proxy_pass http://unixup/; }
                    location /refused { proxy_pass http://127.0.0.1:1; }
                    location /reset { proxy_pass http://sim; }
                    location /garbage { proxy_pass http://sim; }
                    location /full { proxy_pass http://full; }
                  }
                }
                """.formatted(
                        directory, upstream.port(), KEEPALIVE, unix, failing.port(), port));
    }

    private Path haproxyConfig(int port) throws IOException {
        return Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                  nbthread 1
                  maxconn 6000
                  tune.bufsize 32768
                  log stdout format raw local0
                defaults
                  mode http
                  option httplog
                  log global
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                  timeout queue 1
                  retries 0
                  http-reuse always
                frontend f
                  bind 127.0.0.1:%1$d backlog 4096
                  http-request set-var(txn.unix) bool(true) if { path_beg /unix/ }
                  http-request replace-path /unix(/.*) \\1 if { path_beg /unix/ }
                  use_backend unixup if { var(txn.unix) -m bool }
                  use_backend refused if { path_beg /refused }
                  use_backend sim if { path_beg /reset } or { path_beg /garbage }
                  use_backend full if { path_beg /full }
                  default_backend app
                backend app
                  server s 127.0.0.1:%2$d pool-max-conn %3$d
                backend unixup
                  server s unix@%4$s pool-max-conn %3$d
                backend refused
                  server s 127.0.0.1:1
                backend sim
                  server s 127.0.0.1:%5$d
                backend full
                  server s 127.0.0.1:%5$d maxconn 5 maxqueue 1
                """.formatted(
                        port, upstream.port(), KEEPALIVE, unix, failing.port()));
    }

    /** Parameters that make the simulated upstream fail; they go into the request's query. */
    static String target(Workload workload) {
        return workload.path()
                + switch (workload) {
                    case RESET_64 -> "?fault=reset";
                    case GARBAGE_64 -> "?fault=header-space-colon";
                    case EXHAUSTED_64 -> "?delay=100ms";
                    default -> "";
                };
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        peers.values().forEach(Peer::close);
        upstream.close();
        failing.close();
    }
}
