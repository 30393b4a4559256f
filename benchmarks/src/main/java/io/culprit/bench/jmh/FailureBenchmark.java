package io.culprit.bench.jmh;

import io.culprit.config.GatewayConfig.Expose;
import io.culprit.config.record.AccessLogConfig;
import io.culprit.config.record.AccessLogConfig.Format;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.record.count.Counters;
import io.culprit.record.log.AccessLog;
import io.culprit.record.log.LogFile;
import io.culprit.reply.ProxyStatus;
import io.culprit.upstream.channel.Errno;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What naming, counting and logging cost. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FailureBenchmark {
    private static final Failure FAILURE = Failure.of(
            Cause.HEAD_CLOSED_ON_REUSE, "the upstream closed a kept connection before any byte", "ECONNRESET");

    /** An outcome that went well and one that failed. */
    @State(Scope.Thread)
    public static class Requests {
        final Outcome well = outcome(null);
        final Outcome failed = outcome(FAILURE);
        final Failure failure = Failure.of(FAILURE.cause(), FAILURE.detail(), FAILURE.errno());
        final IOException refused = new java.net.ConnectException("Connection refused");
        final Counters counters = new Counters(1);

        private static Outcome outcome(@Nullable Failure failure) {
            var attempt = new Attempt(
                    "127.0.0.1:9000",
                    1,
                    true,
                    1_000_000,
                    5_000,
                    17,
                    -1,
                    -1,
                    20_000,
                    900_000,
                    50_000,
                    230,
                    420,
                    200,
                    "",
                    failure);
            return new Outcome(
                    failure == null ? Outcome.Ending.DELIVERED : Outcome.Ending.FAILED,
                    new Outcome.Request(
                            "0af7651916cd43dd8448eb211c80319c",
                            Trace.begin(false),
                            "192.0.2.77",
                            "GET",
                            "/catalogue/item?id=4711&view=full",
                            "HTTP/1.1",
                            0,
                            "shop.example",
                            "https://shop.example/",
                            "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"),
                    new Outcome.Timing(System.currentTimeMillis(), 0, 1_200_000, -1),
                    new Outcome.Place("/", "app"),
                    new Outcome.Reply(failure == null ? 200 : 502, 600, 0, true),
                    List.of(attempt),
                    failure,
                    "");
        }
    }

    @Benchmark
    public Object classification(Requests requests) {
        return Errno.of(requests.refused);
    }

    @Benchmark
    public String proxyStatus(Requests requests) {
        return ProxyStatus.member(requests.failure, Expose.CAUSE, "127.0.0.1:9000");
    }

    @Benchmark
    public boolean countWell(Requests requests) {
        return requests.counters.count(0, requests.well);
    }

    @Benchmark
    public boolean countFailed(Requests requests) {
        return requests.counters.count(0, requests.failed);
    }

    /** An access log that writes to nowhere. */
    @State(Scope.Thread)
    public static class Log {
        @Param({"JSON", "COMBINED", "NGINX_UPSTREAM", "HAPROXY", "ENVOY"})
        Format format;

        private AccessLog log;

        @Setup
        public void open() throws IOException {
            var config = new AccessLogConfig("/dev/null", format, List.of());
            log = AccessLog.of(LogFile.open("access_log", "/dev/null"), config, DialectTable.bundled());
        }

        @TearDown
        public void close() {
            log.close();
        }
    }

    @Benchmark
    public void logLine(Log log, Requests requests) {
        log.log.write(requests.well);
    }
}
