package io.culprit.bench.peers;

import io.culprit.bench.peers.load.H2load;
import io.culprit.bench.peers.load.Handshakes;
import io.culprit.bench.peers.load.JvmLoad;
import io.culprit.bench.peers.load.LoadGenerator;
import io.culprit.bench.peers.load.LoadResult;
import io.culprit.bench.peers.load.TunnelLoad;
import io.culprit.bench.peers.load.Wrk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of every peer. The goal is the highest ratio of CPU time per request against each of the peers named.
 */
public enum Workload {
    SMALL_1("199 B, 1 connection", "/s", 1),
    SMALL_64("199 B, 64 connections", "/s", 64),
    SMALL_512("199 B, 512 connections", "/s", 512),
    LARGE_1("16 KiB, 1 connection", "/16k", 1),
    LARGE_64("16 KiB, 64 connections", "/16k", 64),
    LARGE_512("16 KiB, 512 connections", "/16k", 512),
    POST_64("POST 4 KiB, 64 connections", "/post", 64),
    CHUNKED_64("chunked response, 64 connections", "/chunked.html", 64),
    UNIX_64("199 B over a unix socket, 64 connections", "/unix/s", 64),
    CONNECTIONS_64("199 B, a new client connection each, 64 at once", "/s", 64),
    REFUSED_64("upstream refuses, 64 connections", "/refused", 64),
    RESET_64("upstream resets, 64 connections", "/reset", 64),
    GARBAGE_64("upstream sends a malformed header, 64 connections", "/garbage", 64),
    TLS_64("https, 199 B, 64 connections", "/s", 64),
    TLS_LARGE_64("https, 16 KiB, 64 connections", "/16k", 64),
    TLS_FULL_8("https, 199 B, a new connection and a full handshake each, 8 at once", "/s", 8),
    TLS_RESUMED_8("https, 199 B, a new connection and a resumed handshake each, 8 at once", "/s", 8),
    H2_16("HTTP/2 over TLS, 199 B, 16 connections x 32 streams", "/s", 16),
    H2_LARGE_16("HTTP/2 over TLS, 16 KiB, 16 connections x 32 streams", "/16k", 16),
    TLS_UPSTREAM_64("199 B from an https upstream, 64 connections", "/tlsup/s", 64),
    TUNNEL_64("WebSocket echo of 64 B, 64 tunnels", "/echo", 64),
    TUNNEL_LARGE_64("WebSocket echo of 16 KiB, 64 tunnels", "/echo", 64),
    EXHAUSTED_64("5 upstream connections, 100 ms each, queue of 20 where there is one, 64 clients", "/full", 64);

    private final String title;
    private final String path;
    private final int connections;

    Workload(String title, String path, int connections) {
        this.title = title;
        this.path = path;
        this.connections = connections;
    }

    public String title() {
        return title;
    }

    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    String path() {
        return path;
    }

    /** Which backend of a proxy it goes to. */
    String backend() {
        return switch (this) {
            case UNIX_64 -> "unix";
            case REFUSED_64 -> "refused";
            case RESET_64, GARBAGE_64 -> "sim";
            case EXHAUSTED_64 -> "full";
            case TLS_UPSTREAM_64 -> "tlsup";
            case TUNNEL_64, TUNNEL_LARGE_64 -> "echo";
            default -> "app";
        };
    }

    /** Whether its clients speak TLS. */
    boolean isSecure() {
        return switch (this) {
            case TLS_64, TLS_LARGE_64, TLS_FULL_8, TLS_RESUMED_8, H2_16, H2_LARGE_16 -> true;
            default -> false;
        };
    }

    /** Whether its responses need larger buffers than a proxy has by default. */
    boolean isLarge() {
        return path.equals("/16k");
    }

    /** Least and most share of answers that are neither 2xx nor 3xx, without which its figures mean nothing. */
    double[] failing() {
        return switch (this) {
            case REFUSED_64, RESET_64, GARBAGE_64 -> new double[] {0.99, 1};
            case EXHAUSTED_64 -> new double[] {0, 1}; // HAProxy lets all of them wait
            default -> new double[] {0, 0.001};
        };
    }

    int connections() {
        return connections;
    }

    /** Whether each request comes on a connection of its own, of which some break when a run ends. */
    boolean isNewConnections() {
        return this == CONNECTIONS_64 || this == TLS_FULL_8 || this == TLS_RESUMED_8;
    }

    /** What sends it. */
    LoadGenerator generator() {
        return switch (this) {
            case POST_64 ->
                wrk(
                        "wrk.method = 'POST'\nwrk.body = string.rep('x', 4096)\nwrk.headers['Content-Type'] = 'text/plain'\n");
            case CONNECTIONS_64 -> wrk("wrk.headers['Connection'] = 'close'\n");
            case TLS_64, TLS_LARGE_64 -> new Wrk(Programs.path("wrk"), "https", "");
            case TLS_FULL_8 -> new Handshakes(Programs.path("openssl"), false);
            case TLS_RESUMED_8 -> new Handshakes(Programs.path("openssl"), true);
            case H2_16, H2_LARGE_16 -> new H2load(Programs.path("h2load"), 32);
            case TUNNEL_64 -> new JvmLoad(TunnelLoad.class, List.of("64"));
            case TUNNEL_LARGE_64 -> new JvmLoad(TunnelLoad.class, List.of("16384"));
            default -> wrk("");
        };
    }

    private static LoadGenerator wrk(String script) {
        return new Wrk(Programs.path("wrk"), "http", script);
    }

    /** Sends it for a while. */
    public LoadResult load(int port, double seconds, Path directory) throws IOException, InterruptedException {
        return generator().run(new LoadGenerator.Target(port, Testbed.target(this), directory), connections, seconds);
    }

    /** The highest ratio that is good enough, empty where none was promised. */
    public Optional<Double> goal(Peer.Kind against) {
        return switch (this) {
            case SMALL_64 ->
                switch (against) {
                    case NGINX -> Optional.of(0.95);
                    case HAPROXY -> Optional.of(1.00);
                    case UNDERTOW -> Optional.of(0.65);
                    case BARE -> Optional.of(1.05);
                    case CULPRIT -> Optional.empty();
                };
            case SMALL_512, LARGE_64, POST_64, CHUNKED_64 ->
                switch (against) {
                    case NGINX -> Optional.of(0.95);
                    case HAPROXY -> Optional.of(1.00);
                    default -> Optional.empty();
                };
            case CONNECTIONS_64 -> against == Peer.Kind.NGINX ? Optional.of(1.15) : Optional.empty();
            case UNIX_64 -> against == Peer.Kind.NGINX ? Optional.of(1.05) : Optional.empty();
            case TLS_64, TLS_LARGE_64, H2_LARGE_16, TLS_UPSTREAM_64 ->
                against == Peer.Kind.NGINX ? Optional.of(1.10) : Optional.empty();
            case TLS_FULL_8 -> against == Peer.Kind.NGINX ? Optional.of(1.50) : Optional.empty();
            case TLS_RESUMED_8 -> against == Peer.Kind.NGINX ? Optional.of(1.30) : Optional.empty();
            case H2_16, TUNNEL_64, TUNNEL_LARGE_64 ->
                against == Peer.Kind.NGINX || against == Peer.Kind.HAPROXY ? Optional.of(1.00) : Optional.empty();
            case REFUSED_64 -> against == Peer.Kind.BARE ? Optional.of(1.05) : failures(against);
            case RESET_64, GARBAGE_64 -> failures(against);
            default -> Optional.empty();
        };
    }

    private static Optional<Double> failures(Peer.Kind against) {
        return against == Peer.Kind.NGINX ? Optional.of(1.00) : Optional.empty();
    }

    /** Whether this peer can do it: Undertow's own proxy speaks no unix sockets and keeps no separate upstreams here. */
    boolean suits(Peer.Kind kind) {
        return switch (kind) {
            case CULPRIT, NGINX, HAPROXY -> true;
            case BARE -> this == SMALL_64 || this == REFUSED_64;
            case UNDERTOW -> backend().equals("app") && !isSecure();
        };
    }
}
