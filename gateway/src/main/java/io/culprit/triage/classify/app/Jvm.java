package io.culprit.triage.classify.app;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** Tomcat and the JVM. */
public final class Jvm implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        Finding found = jvm(s);
        if (found == null) {
            return null;
        }
        return (found.clock() == Clock.NONE ? found.at(line.stamp()) : found).host(line.host());
    }

    private static @Nullable Finding jvm(String s) {
        boolean heap = JavaTrace.isHeap(s) || s.contains("parachute is non existent");
        Stamp stamp = jvmTime(s);
        if (heap) {
            return Finding.event(Program.TOMCAT).is(Condition.WORKER_HEAP_OOM).at(stamp);
        }
        boolean severe = s.contains(" SEVERE ") || s.contains("\nSEVERE: ") || s.startsWith("SEVERE: ");
        boolean warning = s.contains(" WARNING ") || s.contains("\nWARNING: ");
        boolean tomcat =
                s.contains("org.apache.catalina") || s.contains("org.apache.coyote") || s.contains("org.apache.tomcat");
        if (!tomcat) {
            return stamp.exists() && (severe || warning || s.contains(" INFO ")) && s.contains(" [")
                    ? Finding.noise(Program.TOMCAT).at(stamp)
                    : null;
        }
        if (s.contains("java.net.BindException") || s.contains("Address already in use")) {
            return Finding.event(Program.TOMCAT)
                    .is(Condition.UPSTREAM_PORT_IN_USE)
                    .at(stamp);
        }
        if (s.contains("ClientAbortException") || s.contains("java.io.IOException: Broken pipe")) {
            return Finding.error(Program.TOMCAT).is(Cause.CLIENT_CLOSED).at(stamp);
        }
        if (s.contains("Maximum number of threads")
                || s.contains("All threads (") && s.contains("are currently busy")) {
            return Finding.event(Program.TOMCAT).is(Condition.POOL_MAX_CHILDREN).at(stamp);
        }
        if (s.contains("Servlet.service() for servlet")) {
            return Finding.error(Program.TOMCAT).is(Condition.APP_EXCEPTION).at(stamp);
        }
        if (severe
                && Words.any(
                        s,
                        "startup failed due to previous errors",
                        "Error deploying",
                        "failed to start",
                        "Failed to initialize",
                        "Error configuring application listener",
                        "Parse fatal error")) {
            return Finding.event(Program.TOMCAT)
                    .is(Condition.WORKER_BOOT_FAILED)
                    .at(stamp);
        }
        if (s.contains("Server startup in")) {
            return Finding.event(Program.TOMCAT).is(Condition.UPSTREAM_UP).at(stamp);
        }
        boolean stopped = s.contains("A valid shutdown command was received") || s.contains("Pausing ProtocolHandler");
        return stopped
                ? Finding.event(Program.TOMCAT).is(Condition.UPSTREAM_RESTART).at(stamp)
                : Finding.noise(Program.TOMCAT).at(stamp);
    }

    private static Stamp jvmTime(String s) {
        Stamp dashed = s.length() > 24 ? Times.dashedMonth(s, 0) : Stamp.NONE;
        return dashed.exists() ? dashed : Times.jul(s, 0);
    }
}
