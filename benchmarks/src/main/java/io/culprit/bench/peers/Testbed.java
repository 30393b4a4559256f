package io.culprit.bench.peers;

import io.culprit.bench.peers.load.EchoServer;
import io.culprit.bench.peers.load.JvmLoad;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Upstream and proxies of one comparison, all started, with the same routes: an nginx as upstream on TCP and on a unix
 * socket, a simulated upstream that fails, a port nobody listens on.
 */
public final class Testbed implements AutoCloseable {
    private final Path directory;
    private final List<String> culprit;
    private final Map<Peer.Kind, Path> programs;
    private final Peer upstream;
    private final Peer failing;
    private final Peer echo;
    private final int tls;
    private final ProxyConfigs configs;
    private final String unix;
    private final Map<Key, Peer> peers = new HashMap<>();

    private record Key(Peer.Kind kind, boolean large) {}

    /**
     * @param directory with a short path, writable by everybody
     * @param culprit command that starts the gateway, without its arguments
     * @param programs peers that are not the installed ones; the upstream always is
     */
    Testbed(Path directory, List<String> culprit, Map<Peer.Kind, Path> programs) throws IOException {
        this.directory = directory;
        this.culprit = culprit;
        this.programs = programs;
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        this.unix = directory.resolve("up.sock").toString();
        certificate();
        this.tls = freePort();
        this.upstream = startUpstream();
        int port = freePort();
        // A process of its own, beside the load: on the proxy's core it would be in every figure.
        this.failing = Peer.start(
                Peer.Kind.CULPRIT,
                Peer.LOAD_CORE,
                java("-Xmx128m", "io.culprit.sim.Main", "--listen", "127.0.0.1:" + port, "--control", "off"),
                port,
                directory.resolve("failing.out"));
        int echo = freePort();
        List<String> echoing = new ArrayList<>(JvmLoad.java(EchoServer.class));
        echoing.add(Integer.toString(echo));
        this.echo = Peer.start(Peer.Kind.CULPRIT, Peer.LOAD_CORE, echoing, echo, directory.resolve("echo.out"));
        this.configs = new ProxyConfigs(directory, upstream.port(), tls, unix, port, echo);
    }

    public static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    /** One for all proxies and the upstream: ECDSA on P-256, signed by itself. */
    private void certificate() throws IOException {
        Process process = new ProcessBuilder(
                        Programs.path("openssl"),
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-subj",
                        "/CN=a.test",
                        "-addext",
                        "subjectAltName=DNS:a.test",
                        "-days",
                        "30",
                        "-keyout",
                        directory.resolve("site.key").toString(),
                        "-out",
                        directory.resolve("site.crt").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!Files.exists(directory.resolve("site.crt"))) {
            throw new IOException("openssl made no certificate: " + said);
        }
        Files.writeString(
                directory.resolve("site.pem"),
                Files.readString(directory.resolve("site.crt")) + Files.readString(directory.resolve("site.key")));
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
                    listen 127.0.0.1:%4$d ssl backlog=4096;
                    ssl_certificate %1$s/site.crt; ssl_certificate_key %1$s/site.key;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
                    root %1$s/www;
                    location /post { client_body_buffer_size 16k; proxy_pass_request_body off; return 200 "taken"; }
                    location = /chunked.html { ssi on; }
                  }
                }
                """.formatted(directory, port, unix, tls));
        return Peer.start(
                Peer.Kind.NGINX,
                Peer.LOAD_CORE,
                List.of(Programs.path("nginx"), "-c", config.toString(), "-p", directory.toString()),
                port,
                directory.resolve("upstream.out"));
    }

    /** The proxy of this kind, started on first use. */
    public Peer peer(Peer.Kind kind, Workload workload) throws IOException {
        Key key = new Key(kind, kind == Peer.Kind.HAPROXY && workload.isLarge());
        Peer peer = peers.get(key);
        if (peer == null) {
            int port = freePort();
            peer = Peer.start(
                    kind,
                    Peer.PROXY_CORE,
                    command(kind, port, key.large()),
                    port,
                    directory.resolve(kind.id() + ".out"));
            peers.put(key, peer);
        }
        return peer;
    }

    /** Where this peer answers what the workload asks for. */
    int port(Peer peer, Workload workload) {
        if (workload.isSecure()) {
            return configs.tlsPort(peer.kind(), workload.isLarge());
        }
        return peer.kind() == Peer.Kind.HAPROXY && !workload.backend().equals("app")
                ? configs.haproxyPort(workload.backend(), workload.isLarge())
                : peer.port();
    }

    /** Ends this proxy; the next use starts a fresh one. */
    public void stop(Peer.Kind kind) {
        for (boolean large : new boolean[] {false, true}) {
            Peer peer = peers.remove(new Key(kind, large));
            if (peer != null) {
                peer.close();
            }
        }
    }

    /**
     * @param large with buffers that hold a large response, for HAProxy, which has them for all or for none
     */
    public List<String> command(Peer.Kind kind, int port, boolean large) throws IOException {
        return switch (kind) {
            case CULPRIT, BARE -> {
                List<String> command = new java.util.ArrayList<>(culprit);
                boolean journal = kind == Peer.Kind.CULPRIT;
                command.addAll(
                        List.of("run", "-c", configs.culprit(port, journal).toString()));
                yield command;
            }
            case NGINX ->
                List.of(
                        Programs.path(kind, programs),
                        "-c",
                        configs.nginx(port).toString(),
                        "-p",
                        directory.toString());
            case HAPROXY ->
                List.of(
                        Programs.path(kind, programs),
                        "-f",
                        configs.haproxy(port, large).toString(),
                        "-db");
            case UNDERTOW ->
                java(
                        "-Xmx256m",
                        StockUndertow.class.getName(),
                        Integer.toString(port),
                        Integer.toString(upstream.port()),
                        directory.toString());
        };
    }

    private static List<String> java(String heap, String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                heap,
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return command;
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

    public Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        peers.values().forEach(Peer::close);
        upstream.close();
        failing.close();
        echo.close();
    }
}
