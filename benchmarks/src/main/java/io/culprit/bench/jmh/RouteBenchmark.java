package io.culprit.bench.jmh;

import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import io.culprit.route.Route;
import io.culprit.route.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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

/** Finding a route among many: the cost must not grow with their number. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteBenchmark {
    /** Other paths each time, or caches and branch prediction would know the one. */
    private static final int PATHS = 4096;

    @Param({"10", "1000", "10000"})
    int routes;

    private RouteTable<String> table;
    private final byte[][] paths = new byte[PATHS][];
    private int next;

    @Setup
    public void fill() {
        List<RouteConfig> all = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            all.add(new RouteConfig(
                    "r" + i,
                    "",
                    PathKind.PREFIX,
                    "/section/" + i + "/",
                    List.of(),
                    "u",
                    "",
                    null,
                    Map.of(),
                    List.of()));
        }
        table = new RouteTable<>(all, RouteConfig::name);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < PATHS; i++) {
            paths[i] =
                    ("/section/" + random.nextInt(routes) + "/page/index.html").getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    @Benchmark
    public @Nullable Route<String> match() {
        byte[] path = paths[next++ & PATHS - 1];
        return table.match("shop.test", "GET", path, 0, path.length);
    }
}
