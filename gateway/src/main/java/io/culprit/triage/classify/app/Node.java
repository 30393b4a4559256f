package io.culprit.triage.classify.app;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** Node.js: what its errors say of connections, and how its processes end. */
public final class Node implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        Finding found = node(s);
        if (found == null) {
            return null;
        }
        return (found.clock() == Clock.NONE ? found.at(line.stamp()) : found).host(line.host());
    }

    private static @Nullable Finding node(String s) {
        if (s.contains("JavaScript heap out of memory")) {
            return Finding.event(Program.NODE).is(Condition.WORKER_HEAP_OOM);
        }
        if (Words.any(s, "connect EMFILE", "EMFILE: too many open files", "accept EMFILE")) {
            return Finding.event(Program.NODE).is(Condition.WORKER_FD_LIMIT);
        }
        if (s.startsWith("Error: Cannot find module '") || s.contains("\nError: Cannot find module '")) {
            return Finding.event(Program.NODE).is(Condition.WORKER_BOOT_FAILED);
        }
        if (s.contains("listen EACCES")) {
            return Finding.event(Program.NODE).is(Condition.UPSTREAM_CONFIG_ERROR);
        }
        if (s.contains("listen EADDRINUSE")) {
            return Finding.event(Program.NODE).is(Condition.UPSTREAM_PORT_IN_USE);
        }
        if (s.contains("[TimeoutError]: The operation was aborted due to timeout")) {
            return Finding.error(Program.NODE).oneOf(Cause.HEAD_TIMEOUT, Cause.CONNECT_TIMEOUT);
        }
        Diagnosis cause = nodeCause(s);
        if (cause == null) {
            // The version stands below the trace of an error that ended the process.
            boolean ended = s.contains("\nNode.js v") || s.contains("Error: ") && s.contains("Node.js v");
            if (ended) {
                return Finding.event(Program.NODE).is(Condition.WORKER_EXITED);
            }
            return isThrown(s) ? Finding.error(Program.NODE).is(Condition.APP_EXCEPTION) : null;
        }
        int at = s.indexOf("connect E");
        int space = at < 0 ? -1 : s.indexOf(' ', at + 8);
        int end = space < 0 ? -1 : Math.min(end(s, '\n', space), end(s, ' ', space + 1));
        return Finding.error(Program.NODE).is(cause).upstream(space < 0 ? "" : s.substring(space + 1, end));
    }

    /** Whether a line is a frame of a stack of JavaScript. */
    public static boolean isFrame(String line) {
        return line.startsWith("    at ") && Words.any(line, "node:", ".js:", ".mjs:", ".cjs:", ".ts:", "[eval]");
    }

    private static int end(String s, char c, int from) {
        int found = s.indexOf(c, from);
        return found < 0 ? s.length() : found;
    }

    /** {@code TypeError: MESSAGE} with a stack below it. */
    private static boolean isThrown(String s) {
        int colon = s.indexOf("Error: ");
        int frame = s.indexOf("\n    at ");
        return colon >= 0
                && frame > colon
                && s.indexOf(' ') > colon
                && isFrame(s.substring(frame + 1, end(s, '\n', frame + 1)));
    }

    private static @Nullable Diagnosis nodeCause(String s) {
        if (s.contains("connect ECONNREFUSED")) {
            return Cause.CONNECT_REFUSED;
        }
        if (s.contains("connect ETIMEDOUT")) {
            return Cause.CONNECT_KERNEL_TIMEOUT;
        }
        if (s.contains("connect EHOSTUNREACH") || s.contains("connect ENETUNREACH")) {
            return Cause.CONNECT_UNREACHABLE;
        }
        if (s.contains("connect ENOENT")) {
            return Cause.CONNECT_SOCKET_MISSING;
        }
        if (s.contains("connect EACCES")) {
            return Cause.CONNECT_SOCKET_DENIED;
        }
        if (s.contains("connect EADDRNOTAVAIL")) {
            return Cause.GATEWAY_NO_LOCAL_PORT;
        }
        if (s.contains("getaddrinfo ENOTFOUND")) {
            return Cause.DNS_NOT_FOUND;
        }
        if (s.contains("getaddrinfo EAI_AGAIN")) {
            return Cause.DNS_FAILED;
        }
        if (s.contains("socket hang up")) {
            return Cause.HEAD_CLOSED;
        }
        if (s.contains("read ECONNRESET")) {
            return Cause.HEAD_RESET;
        }
        if (s.contains("write EPIPE")) {
            return Cause.SEND_BROKEN_PIPE;
        }
        if (s.contains("Parse Error: Expected HTTP/")) {
            return Cause.HEAD_NOT_HTTP;
        }
        if (s.contains("ENOSPC: no space left on device")) {
            return Condition.MACHINE_DISK_FULL;
        }
        boolean thrown = s.startsWith("Uncaught ")
                || s.contains("UnhandledPromiseRejection")
                || s.startsWith("node:internal/process/promises")
                || s.startsWith("Error [ERR_");
        return thrown ? Condition.APP_EXCEPTION : null;
    }
}
