package io.culprit.bench;

import io.culprit.bench.fleet.FleetBenchCommand;
import io.culprit.bench.jmh.JmhCommand;
import io.culprit.bench.logs.LakeBenchCommand;
import io.culprit.bench.logs.TriageBenchCommand;
import io.culprit.bench.peers.CapacityCommand;
import io.culprit.bench.peers.ExhaustionCommand;
import io.culprit.bench.peers.PeersCommand;
import io.culprit.bench.peers.StalePostsCommand;
import io.culprit.bench.peers.TailCommand;
import io.culprit.bench.peers.WarmupCommand;
import picocli.CommandLine.Command;

/** {@code culprit bench}: how fast, beside others and part by part. */
@Command(
        name = "bench",
        description = "Measure the gateway beside other proxies, and its parts by themselves.",
        footer = {
            "",
            "culprit bench COMMAND --help tells more. Example:",
            "  culprit bench peers --peer nginx --workload small-64"
        },
        subcommands = {
            PeersCommand.class,
            WarmupCommand.class,
            TailCommand.class,
            StalePostsCommand.class,
            CapacityCommand.class,
            TriageBenchCommand.class,
            LakeBenchCommand.class,
            FleetBenchCommand.class,
            ExhaustionCommand.class,
            JmhCommand.class
        })
final class BenchCommand {}
