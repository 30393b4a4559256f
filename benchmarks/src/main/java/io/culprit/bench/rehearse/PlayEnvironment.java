package io.culprit.bench.rehearse;

import io.culprit.bench.Folders;
import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.server.Gateway;
import io.culprit.sim.pool.FpmLog;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.Pool;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.script.PhpApplication;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Gateway and simulated FPM of one play, and the folder they live in. Owned by the player's thread. */
final class PlayEnvironment implements AutoCloseable {
    private final Rehearsal play;
    private final Path directory;
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private final Optional<Gateway> gateway;
    private final URI url;
    private final MasterConfig fpm;
    private PhpApplication php;
    private Master master;

    private PlayEnvironment(Rehearsal play, Path directory, Optional<URI> given) throws IOException {
        this.play = play;
        this.directory = directory;
        this.url = given.isPresent() ? given.get() : URI.create("http://127.0.0.1:" + freePort());
        this.fpm = withSite(play.fpm(), url.toString());
        this.php = new PhpApplication(play.scripts());
        this.master = startedFpm(php);
        this.gateway = given.isPresent() ? Optional.empty() : Optional.of(startGateway());
    }

    /**
     * Starts everything.
     *
     * @param given a gateway that runs already, empty to start one
     * @throws IOException when something cannot be started; nothing runs then
     */
    static PlayEnvironment open(Rehearsal play, Path directory, Optional<URI> given) throws IOException {
        return new PlayEnvironment(play, directory, given);
    }

    /** FPM begins to listen; after it ended, once more. */
    void startFpm() throws IOException {
        master.close();
        php = new PhpApplication(play.scripts());
        master = startedFpm(php);
    }

    private Master startedFpm(PhpApplication scripts) throws IOException {
        FpmLog fpmLog = new FpmLog(directory.resolve("fpm.log").toString());
        fpmLog.follow(log::add);
        return Master.start(fpm, scripts, fpmLog);
    }

    /**
     * Checks the gateway's settings without starting anything.
     *
     * @throws IOException naming the file and every problem
     */
    static void check(Rehearsal play, Path directory) throws IOException {
        settings(play, directory, 1, "127.0.0.1:1");
    }

    private static GatewayConfig settings(Rehearsal play, Path directory, int port, String address) throws IOException {
        PoolConfig pool = play.fpm().pools().get(0);
        boolean http = pool.protocol() == PoolConfig.Protocol.HTTP;
        String given = play.gateway().isEmpty()
                ? ""
                : ", " + play.gateway().substring(2, play.gateway().length() - 2);
        String status = pool.statusListen()
                .map(listen -> ", status_listen: \"" + (listen.startsWith("/") ? "unix:" : "") + listen + "\"")
                .orElse("");
        String protocol = http || play.gateway().contains("protocol")
                ? ""
                : ", protocol: fastcgi, fastcgi: { root: /srv/www, status_path: %s%s }"
                        .formatted(pool.statusPath(), status);
        String servers = play.gatewayServers().isEmpty() ? "[ \"" + address + "\" ]" : play.gatewayServers();
        Path file = directory.resolve("gateway.yaml");
        Files.writeString(file, """
                listen: [ { address: "127.0.0.1:%d" } ]
                expose: full
                trusted_proxies: [ 127.0.0.0/8 ]
                access_log: { path: "%s", format: json }
                error_log: { path: "%s" }
                journal: { url: off }
                upstreams:
                  site: { servers: %s%s%s }
                routes: [ { upstream: site } ]
                """.formatted(
                port, directory.resolve("access.log"), directory.resolve("error.log"), servers, protocol, given));
        try {
            return ConfigLoader.load(file, Map.of());
        } catch (ConfigException e) {
            throw new IOException(
                    e.problems().stream()
                            .map(p -> play.gatewayPlace() + ": " + p.message().replace("upstreams.site.", "gateway."))
                            .collect(Collectors.joining("\n")),
                    e);
        }
    }

    private Gateway startGateway() throws IOException {
        PoolConfig pool = fpm.pools().get(0);
        String address = pool.isUnix()
                ? "unix:" + pool.listen()
                : "127.0.0.1:" + master.pool().port();
        try {
            return Gateway.start(settings(play, directory, url.getPort(), address));
        } catch (IOException e) {
            master.close();
            throw e;
        }
    }

    /** Tells scripts that call their own site where it is. */
    private static MasterConfig withSite(MasterConfig config, String site) {
        List<PoolConfig> pools = new ArrayList<>();
        for (PoolConfig each : config.pools()) {
            pools.add(each.site().isEmpty() ? each.withSite(site) : each);
        }
        return new MasterConfig(
                config.processControlTimeout(),
                config.emergencyRestartThreshold(),
                config.emergencyRestartInterval(),
                List.copyOf(pools));
    }

    URI url() {
        return url;
    }

    Master master() {
        return master;
    }

    Pool pool() {
        return master.pool();
    }

    PhpApplication php() {
        return php;
    }

    /** FPM's log lines without their times. */
    List<String> log() {
        return List.copyOf(log);
    }

    /** The gateway's access log, empty when the gateway is not ours. Complete once {@link #close} was called. */
    Optional<Path> accessLog() {
        return gateway.map(g -> directory.resolve("access.log"));
    }

    /** Ends gateway and FPM; the gateway's logs are then complete. */
    @Override
    public void close() {
        gateway.ifPresent(Gateway::close);
        master.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    static void delete(Path directory) {
        try {
            Folders.delete(directory);
        } catch (IOException e) {
            System.err.println("culprit: " + directory + " could not be removed: " + e.getMessage());
        }
    }
}
