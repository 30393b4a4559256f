package io.culprit.proof.fpm;

import io.culprit.sim.pool.FpmLog;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.pool.Signal;
import io.culprit.sim.pool.Worker;
import io.culprit.sim.script.PhpApplication;
import io.culprit.sim.script.Scripts;
import io.culprit.sim.script.Step;
import io.culprit.sim.script.Steps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The simulated FPM with the same pool and the same scripts. */
final class SimFpm implements Fpm {
    private final Master master;
    private final Path socket;
    private final List<String> log;

    private SimFpm(Master master, Path socket, List<String> log) {
        this.master = master;
        this.socket = socket;
        this.log = log;
    }

    static SimFpm start(Settings s) throws Exception {
        Path directory = Files.createTempDirectory("s");
        Path socket = directory.resolve("www.sock");
        PoolConfig pool = new PoolConfig(
                "www",
                socket.toString(),
                "0666",
                PoolConfig.Protocol.FASTCGI,
                PoolConfig.Pm.valueOf(s.pm().toUpperCase(Locale.ROOT)),
                s.maxChildren(),
                s.startServers(),
                s.minSpare(),
                s.maxSpare(),
                Duration.ofSeconds(s.idleTimeout()),
                s.maxRequests(),
                s.backlog(),
                Duration.ofSeconds(s.terminateTimeout()),
                Duration.ofSeconds(s.slowlogTimeout()),
                directory.resolve("slow.log").toString(),
                Duration.ZERO,
                "/fpm-status",
                Optional.empty(),
                "/fpm-ping",
                "pong",
                PoolConfig.MemoryConfig.DEFAULT,
                "");
        Map<String, List<Step>> scripts = new LinkedHashMap<>();
        for (Script each : Script.values()) {
            List<Step> steps = new ArrayList<>();
            for (String step : each.steps().split(" \\| ")) {
                String[] part = step.split("=", 2);
                Steps.parse(part[0], part.length > 1 ? part[1] : "").ifPresent(steps::add);
            }
            scripts.put("/" + each.file(), steps);
        }
        scripts.remove("/plain.txt");
        List<String> lines = new CopyOnWriteArrayList<>();
        FpmLog log = new FpmLog(directory.resolve("fpm.log").toString());
        log.follow(lines::add);
        Master master = Master.start(
                new MasterConfig(Duration.ofSeconds(s.controlTimeout()), 0, Duration.ZERO, List.of(pool)),
                new PhpApplication(new Scripts(scripts)),
                log);
        return new SimFpm(master, socket, lines);
    }

    @Override
    public Path socket() {
        return socket;
    }

    @Override
    public List<String> log() {
        return log;
    }

    @Override
    public void signal(String name) {
        master.signal(Signal.parse(name).orElseThrow());
    }

    @Override
    public void killBusyWorker(String name) {
        Worker busy = master.pool().workers().stream()
                .filter(w -> w.report().state().equals("Running"))
                .findFirst()
                .orElseThrow();
        busy.kill(Signal.parse(name).orElseThrow());
    }

    @Override
    public void close() {
        master.close();
    }
}
