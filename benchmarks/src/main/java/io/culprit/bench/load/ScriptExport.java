package io.culprit.bench.load;

import io.culprit.bench.load.plan.Arrivals;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.Settings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A plan as a script of a load generator that people run on many machines: the same open model, mix, patience and
 * thresholds. Stateless.
 */
final class ScriptExport {
    private ScriptExport() {}

    /** Generators there are scripts for. */
    enum Tool {
        K6,
        GATLING
    }

    /**
     * Writes the script.
     *
     * @throws IOException naming what in the plan has no counterpart
     */
    static String of(Plan plan, Tool tool) throws IOException {
        URI url = plan.url()
                .orElseThrow(
                        () -> new IOException(
                                "a script needs a target: the plan has none, its gateway and upstream are started for each cell here"));
        if (plan.cells().size() > 1) {
            throw new IOException(
                    "a script has one cell, the plan sweeps " + plan.cells().size());
        }
        return tool == Tool.K6 ? k6(plan, url) : gatling(plan, url);
    }

    private static String base(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** A string that Gatling takes as it is: in one with a hash and a brace it would look for expressions of its own, which nothing escapes. */
    private static String literal(String value) {
        return (value.contains("#{") ? "session -> " : "") + quoted(value);
    }

    /** A string of JavaScript and of Java. */
    private static String quoted(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append(text("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private record Header(String name, String value) {}

    private static List<Header> headers(Plan.Ask ask) {
        List<Header> all = new ArrayList<>();
        for (String line : ask.headers().split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                all.add(new Header(
                        line.substring(0, colon), line.substring(colon + 1).strip()));
            }
        }
        return all;
    }

    private static String seconds(double seconds) {
        return text("%.3f", seconds).replaceFirst("\\.?0+$", "");
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** A stretch of the load: from one rate to another. */
    private record Stretch(double from, double to, double seconds) {}

    private static List<Stretch> stretches(Arrivals arrivals) {
        double all = seconds(arrivals.duration());
        return switch (arrivals.shape()) {
            case CONSTANT, POISSON -> List.of(new Stretch(arrivals.rate(), arrivals.rate(), all));
            case RAMP -> List.of(new Stretch(arrivals.rate(), arrivals.peak(), all));
            case SPIKE -> {
                double at = Math.min(all, seconds(arrivals.spikeAt()));
                double until = Math.min(all, at + seconds(arrivals.spikeFor()));
                yield Stream.of(
                                new Stretch(arrivals.rate(), arrivals.rate(), at),
                                new Stretch(arrivals.peak(), arrivals.peak(), until - at),
                                new Stretch(arrivals.rate(), arrivals.rate(), all - until))
                        .filter(each -> each.seconds() > 0)
                        .toList();
            }
        };
    }

    private static String k6(Plan plan, URI url) {
        List<Stretch> stretches = stretches(plan.arrivals());
        double most = Math.max(plan.arrivals().rate(), plan.arrivals().peak());
        // Each client holds a virtual user for as long as it waits; too few of them would close the loop.
        long users = Math.max(10, Math.round(Math.ceil(most * seconds(plan.patience()))));
        StringBuilder out = new StringBuilder(text(
                """
                // %s
                // %s; a client leaves after %s. k6 run FILE, on many machines: the k6 operator.
                // k6 spaces requests evenly; rates are per 1000 s, for it takes whole numbers.
                import http from 'k6/http';

                export const options = {
                  scenarios: {
                    plan: {
                      executor: 'ramping-arrival-rate',
                      timeUnit: '1000s',
                      startRate: %d,
                      preAllocatedVUs: %d,
                      maxVUs: %d,
                      gracefulStop: '%ss',
                      stages: [
                """,
                plan.question().replaceAll("\\s+", " "),
                plan.arrivals().label(),
                Settings.exact(plan.patience()),
                Math.round(stretches.get(0).from() * 1000),
                Math.min(users, 1000),
                users,
                seconds(seconds(plan.patience()))));
        double rate = stretches.get(0).from();
        for (Stretch each : stretches) {
            if (each.from() != rate) {
                out.append(text("        { target: %d, duration: '0s' },\n", Math.round(each.from() * 1000)));
            }
            out.append(text(
                    "        { target: %d, duration: '%ss' },\n",
                    Math.round(each.to() * 1000), seconds(each.seconds())));
            rate = each.to();
        }
        out.append("      ],\n    },\n  },\n  thresholds: {\n");
        if (plan.success() > 0) {
            out.append(text("    http_req_failed: ['rate<=%s'],\n", seconds(1 - plan.success())));
        }
        plan.p99()
                .ifPresent(p99 -> out.append(
                        text("    'http_req_duration{expected_response:true}': ['p(99)<=%d'],\n", p99.toMillis())));
        out.append("  },\n};\n\nconst base = ").append(quoted(base(url))).append(";\nconst mix = [\n");
        for (Plan.Ask ask : plan.mix()) {
            StringBuilder headers = new StringBuilder();
            for (Header each : headers(ask)) {
                headers.append(headers.isEmpty() ? "" : ", ")
                        .append(quoted(each.name()))
                        .append(": ")
                        .append(quoted(each.value()));
            }
            out.append(text(
                    "  { weight: %d, method: %s, path: %s, headers: { %s }, body: %s },\n",
                    ask.weight(),
                    quoted(ask.method()),
                    quoted(ask.path()),
                    headers,
                    ask.bodyBytes() == 0 ? "null" : "'\\0'.repeat(" + ask.bodyBytes() + ")"));
        }
        return out.append(text("""
                        ];
                        const weights = mix.reduce((sum, ask) => sum + ask.weight, 0);

                        export default function () {
                          let left = Math.random() * weights;
                          const ask = mix.find(each => (left -= each.weight) < 0) || mix[0];
                          http.request(ask.method, base + ask.path, ask.body, {
                            headers: ask.headers, timeout: '%ss', redirects: 0, tags: { name: ask.method + ' ' + ask.path },
                            responseCallback: http.expectedStatuses({ min: 100, max: 399 }),
                          });
                        }
                        """, seconds(seconds(plan.patience())))).toString();
    }

    private static String gatling(Plan plan, URI url) {
        StringBuilder out = new StringBuilder(text(
                """
                import static io.gatling.javaapi.core.CoreDsl.*;
                import static io.gatling.javaapi.http.HttpDsl.*;

                import io.gatling.javaapi.core.ChainBuilder;
                import io.gatling.javaapi.core.ScenarioBuilder;
                import io.gatling.javaapi.core.Simulation;
                import io.gatling.javaapi.http.HttpProtocolBuilder;
                import java.time.Duration;

                /**
                 * %s
                 * %s; a client leaves after %s.
                 */
                public class CulpritPlan extends Simulation {
                    private static final Duration PATIENCE = Duration.ofMillis(%d);

                    private final HttpProtocolBuilder protocol =
                            http.baseUrl(%s).shareConnections().disableFollowRedirect().disableCaching().disableWarmUp();

                """,
                plan.question().replaceAll("\\s+", " ").replace("*/", ""),
                plan.arrivals().label(),
                Settings.exact(plan.patience()),
                plan.patience().toMillis(),
                quoted(base(url))));
        int weights = plan.mix().stream().mapToInt(Plan.Ask::weight).sum();
        StringBuilder choices = new StringBuilder();
        for (int i = 0; i < plan.mix().size(); i++) {
            Plan.Ask ask = plan.mix().get(i);
            out.append(text(
                    "    private final ChainBuilder ask%d = exec(http(%s).httpRequest(%s, %s)",
                    i, literal(ask.method() + " " + ask.path()), quoted(ask.method()), literal(ask.path())));
            for (Header each : headers(ask)) {
                out.append(text(".header(%s, %s)", quoted(each.name()), literal(each.value())));
            }
            if (ask.bodyBytes() > 0) {
                out.append(text(".body(ByteArrayBody(new byte[%d]))", ask.bodyBytes()));
            }
            out.append("\n            .requestTimeout(PATIENCE).check(status().lt(400)));\n");
            choices.append(choices.isEmpty() ? "" : ", ")
                    .append(text("percent(%s).then(ask%d)", seconds(100.0 * ask.weight() / weights), i));
        }
        out.append(text("""

                    private final ScenarioBuilder clients = scenario("clients").exec(%s);

                    {
                        setUp(clients.injectOpen(
                """, plan.mix().size() == 1 ? "ask0" : "randomSwitch().on(" + choices + ")"));
        boolean even = plan.arrivals().shape() == Arrivals.Shape.CONSTANT
                || plan.arrivals().shape() == Arrivals.Shape.RAMP;
        List<String> steps = new ArrayList<>();
        for (Stretch each : stretches(plan.arrivals())) {
            String millis = text("Duration.ofMillis(%d)", Math.round(each.seconds() * 1000));
            String step = each.from() == each.to()
                    ? text("constantUsersPerSec(%s).during(%s)", seconds(each.from()), millis)
                    : text("rampUsersPerSec(%s).to(%s).during(%s)", seconds(each.from()), seconds(each.to()), millis);
            steps.add("                " + step + (even ? "" : ".randomized()"));
        }
        out.append(String.join(",\n", steps)).append("))\n            .protocols(protocol)");
        List<String> assertions = new ArrayList<>();
        if (plan.success() > 0) {
            assertions.add(text("global().successfulRequests().percent().gte(%.3f)", plan.success() * 100));
        }
        plan.p99()
                .ifPresent(p99 ->
                        assertions.add(text("global().responseTime().percentile(99.0).lte(%d)", p99.toMillis())));
        if (!assertions.isEmpty()) {
            out.append("\n            .assertions(")
                    .append(String.join(", ", assertions))
                    .append(')');
        }
        return out.append(";\n    }\n}\n").toString();
    }
}
