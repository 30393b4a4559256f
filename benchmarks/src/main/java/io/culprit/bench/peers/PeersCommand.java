package io.culprit.bench.peers;

import io.culprit.bench.Folders;
import io.culprit.bench.peers.compare.Comparison;
import io.culprit.bench.peers.compare.Comparison.Extra;
import io.culprit.bench.peers.compare.ComparisonHtml;
import io.culprit.bench.peers.compare.ComparisonJson;
import io.culprit.bench.peers.compare.ComparisonText;
import io.culprit.bench.peers.usage.MachineState;
import io.culprit.bench.peers.usage.ResourceUsage;
import io.culprit.cli.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culprit bench peers}: CPU time per request beside nginx, HAProxy and Undertow's own proxy. */
@Command(
        name = "peers",
        description = {
            "Measure CPU time per request beside nginx, HAProxy and Undertow's own proxy, each pinned to one core, in"
                    + " interleaved rounds. Exit 1 when a goal is missed."
        },
        footer = {
            "",
            "All write an access log, nginx and HAProxy as they do by default. Figures of different runs cannot be compared,"
                    + " ratios within one run can.",
            "",
            "Example:",
            "  culprit bench peers --peer nginx --workload small-64"
        })
public final class PeersCommand implements Callable<Integer> {
    @Option(names = "--workload", paramLabel = "NAME", description = "only these; --list names them")
    private List<String> workloads = List.of();

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description = "only these beside Culprit: bare (without journal), nginx, haproxy, undertow")
    private List<String> only = List.of();

    @Option(
            names = "--nginx",
            paramLabel = "PROGRAM",
            description = "compare with this nginx instead of the installed one")
    private @Nullable Path nginx;

    @Option(
            names = "--haproxy",
            paramLabel = "PROGRAM",
            description = "compare with this HAProxy instead of the installed one")
    private @Nullable Path haproxy;

    @Option(names = "--rounds", defaultValue = "5", description = "interleaved rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "4", description = "of each round (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(
            names = "--warmup",
            defaultValue = "30",
            description = "seconds of load before the first workload of a JVM (default: ${DEFAULT-VALUE})")
    private double warmup;

    @Option(names = "--no-usage", description = "leave out memory of idle clients, system calls and time to start")
    private boolean noExtras;

    @Option(names = "--list", description = "name the workloads and their goals")
    private boolean list;

    @Option(names = "--json", paramLabel = "FILE", description = "write all rounds as JSON; - for standard output")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "write a page with charts")
    private @Nullable Path html;

    @Mixin
    private LauncherOption launcher;

    @Override
    public Integer call() throws InterruptedException {
        if (list) {
            for (Workload each : Workload.values()) {
                System.out.printf("%-16s %s%n", each.id(), each.title());
            }
            return 0;
        }
        Optional<String> missing = Programs.missing();
        if (missing.isPresent() || Runtime.getRuntime().availableProcessors() < 2) {
            System.err.println(
                    "culprit: " + missing.orElse("two cores are needed: one for the proxy, one for the load"));
            return 2;
        }
        for (Path each : programs().values()) {
            if (!Files.isExecutable(each)) {
                System.err.println("culprit: " + each + " is no program that can be started");
                return 2;
            }
        }
        for (String each : only) {
            if (Arrays.stream(Peer.Kind.values()).noneMatch(k -> k.id().equals(each) && k != Peer.Kind.CULPRIT)) {
                System.err.println("culprit: there is no peer \"" + each + "\"; bare, nginx, haproxy and undertow are");
                return 2;
            }
        }
        List<Workload> chosen = new ArrayList<>();
        for (String each : workloads) {
            Optional<Workload> found = Arrays.stream(Workload.values())
                    .filter(w -> w.id().equals(each))
                    .findFirst();
            if (found.isEmpty()) {
                System.err.println("culprit: there is no workload \"" + each + "\"; --list names them");
                return 2;
            }
            chosen.add(found.get());
        }
        try {
            Comparison comparison = measure(chosen.isEmpty() ? List.of(Workload.values()) : chosen);
            clearProgress();
            if (json != null && json.toString().equals("-")) {
                System.out.println(ComparisonJson.of(comparison));
            } else {
                System.out.print(ComparisonText.of(comparison));
                if (json != null) {
                    Files.writeString(json, ComparisonJson.of(comparison));
                }
            }
            if (html != null) {
                Files.writeString(html, ComparisonHtml.of(comparison));
            }
            return !comparison.decided() ? 2 : comparison.missed().isEmpty() ? 0 : 1;
        } catch (IOException e) {
            clearProgress();
            System.err.println("culprit: " + e.getMessage());
            return 2;
        }
    }

    private Map<Peer.Kind, Path> programs() {
        Map<Peer.Kind, Path> given = new EnumMap<>(Peer.Kind.class);
        if (nginx != null) {
            given.put(Peer.Kind.NGINX, nginx.toAbsolutePath());
        }
        if (haproxy != null) {
            given.put(Peer.Kind.HAPROXY, haproxy.toAbsolutePath());
        }
        return given;
    }

    private Comparison measure(List<Workload> chosen) throws IOException, InterruptedException {
        List<Peer.Kind> kinds = Arrays.stream(Peer.Kind.values())
                .filter(k -> k == Peer.Kind.CULPRIT || only.isEmpty() || only.contains(k.id()))
                .toList();
        Path directory = Files.createTempDirectory("b");
        try (Testbed testbed = new Testbed(directory, launcher.command(), programs());
                MachineState state = MachineState.start()) {
            List<Measurement> all = new ArrayList<>();
            InterleavedRounds interleaved =
                    new InterleavedRounds(testbed, state, !noExtras, rounds, seconds, warmup, PeersCommand::progress);
            for (Workload workload : chosen) {
                all.addAll(interleaved.run(workload, kinds));
            }
            List<Extra> usage = new ArrayList<>();
            if (!noExtras) {
                for (Peer.Kind kind :
                        kinds.stream().filter(k -> k != Peer.Kind.BARE).toList()) {
                    progress("system calls, idle clients and start of " + kind.title());
                    ResourceUsage.calls(testbed, kind).ifPresent(usage::add);
                    usage.addAll(ResourceUsage.idleClients(testbed, kind));
                    usage.add(ResourceUsage.start(testbed, kind));
                }
            }
            return new Comparison(Instant.now(), machine(), all, usage);
        } finally {
            Folders.delete(directory);
        }
    }

    private Map<String, String> machine() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("cpu", cpu());
        machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("kernel", System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.version"));
        machine.put("nginx", firstLine(Programs.path(Peer.Kind.NGINX, programs()), "-v"));
        machine.put("haproxy", firstLine(Programs.path(Peer.Kind.HAPROXY, programs()), "-v"));
        return machine;
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String firstLine(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (BufferedReader lines = process.inputReader()) {
                return String.valueOf(lines.readLine());
            }
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void progress(String what) {
        if (Terminal.isThere()) {
            System.err.printf("\r  %-78.78s", what);
        }
    }

    private static void clearProgress() {
        if (Terminal.isThere()) {
            System.err.printf("\r%-80s\r", "");
        }
    }
}
