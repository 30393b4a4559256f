package io.culprit.triage.lint;

import io.culprit.triage.lint.hardening.AccessLists;
import io.culprit.triage.lint.hardening.Aliases;
import io.culprit.triage.lint.hardening.Conditions;
import io.culprit.triage.lint.hardening.OpenProxy;
import io.culprit.triage.lint.hardening.Origins;
import io.culprit.triage.lint.hardening.ResponseHeaders;
import io.culprit.triage.lint.hardening.Splitting;
import io.culprit.triage.lint.rule.ApacheServer;
import io.culprit.triage.lint.rule.Bodies;
import io.culprit.triage.lint.rule.Buffers;
import io.culprit.triage.lint.rule.CulpritGateway;
import io.culprit.triage.lint.rule.GunicornServer;
import io.culprit.triage.lint.rule.HaproxyServer;
import io.culprit.triage.lint.rule.KeptConnections;
import io.culprit.triage.lint.rule.LogFormats;
import io.culprit.triage.lint.rule.Names;
import io.culprit.triage.lint.rule.PoolMemory;
import io.culprit.triage.lint.rule.PoolSettings;
import io.culprit.triage.lint.rule.Retries;
import io.culprit.triage.lint.rule.Sockets;
import io.culprit.triage.lint.rule.Timeouts;
import io.culprit.triage.lint.rule.WordPress;
import io.culprit.triage.lint.rule.WorkerLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All rules. */
public final class Lint {
    private static final List<Rule> RULES = List.of(
            new Timeouts(),
            new Sockets(),
            new KeptConnections(),
            new PoolMemory(),
            new PoolSettings(),
            new Retries(),
            new Buffers(),
            new Names(),
            new Bodies(),
            new WorkerLimits(),
            new WordPress(),
            new HaproxyServer(),
            new ApacheServer(),
            new GunicornServer(),
            new CulpritGateway(),
            new Aliases(),
            new Splitting(),
            new ResponseHeaders(),
            new OpenProxy(),
            new Origins(),
            new Conditions(),
            new AccessLists(),
            new LogFormats());

    private Lint() {}

    /** The flaws of a setup, worst first, then by file and line. */
    public static List<Flaw> of(Setup setup) {
        List<Flaw> found = new ArrayList<>();
        RULES.forEach(rule -> rule.check(setup, flaw -> {
            if (!found.contains(flaw)) {
                found.add(flaw);
            }
        }));
        found.sort(Comparator.comparing(Flaw::level)
                .thenComparing(f -> f.file().toString())
                .thenComparing(Flaw::line)
                .thenComparing(Flaw::id));
        return List.copyOf(found);
    }
}
