package io.culprit.sim.script;

import io.culprit.sim.fault.FastCgiFaults;
import io.culprit.sim.pool.Signal;
import io.culprit.sim.script.steps.Allocate;
import io.culprit.sim.script.steps.BurnCpu;
import io.culprit.sim.script.steps.Call;
import io.culprit.sim.script.steps.Crash;
import io.culprit.sim.script.steps.Drip;
import io.culprit.sim.script.steps.Echo;
import io.culprit.sim.script.steps.Fatal;
import io.culprit.sim.script.steps.Header;
import io.culprit.sim.script.steps.Leak;
import io.culprit.sim.script.steps.Location;
import io.culprit.sim.script.steps.Out;
import io.culprit.sim.script.steps.Raw;
import io.culprit.sim.script.steps.Sleep;
import io.culprit.sim.script.steps.Status;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The list of all steps: names, parameters and help. Stateless. */
public final class Steps {
    private record Kind(String help, Function<String, Step> make) {}

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)(ms|s|m|h)");
    private static final Map<String, Kind> KINDS = kinds();

    private Steps() {}

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put(
                "sleep",
                new Kind("DURATION: usleep(); a graceful stop wakes it early", t -> new Sleep(duration(t), true)));
        kinds.put(
                "query",
                new Kind("DURATION: a slow database; nothing wakes it early", t -> new Sleep(duration(t), false)));
        kinds.put(
                "cpu", new Kind("DURATION: burns CPU; max_execution_time counts this", t -> new BurnCpu(duration(t))));
        kinds.put(
                "alloc",
                new Kind("SIZE: memory until the request ends; memory_limit counts this", t -> new Allocate(size(t))));
        kinds.put("leak", new Kind("SIZE: memory until the worker ends", t -> new Leak(size(t))));
        kinds.put("echo", new Kind("TEXT", Echo::new));
        kinds.put("out", new Kind("SIZE: output", t -> new Out((int) Math.min(size(t), 1 << 30))));
        kinds.put("drip", new Kind("SIZE,PAUSE,TIMES: output with a flush after each piece", Drip::of));
        kinds.put("flush", new Kind("sends what is buffered", t -> Php::flush));
        kinds.put("status", new Kind("CODE: http_response_code()", t -> new Status((int) number(t, 100, 999))));
        kinds.put("header", new Kind("NAME:VALUE", Header::new));
        kinds.put(
                "big_header",
                new Kind(
                        "SIZE: one header of that size",
                        t -> new Header("X-Big: " + "h".repeat((int) number(Long.toString(size(t)), 1, 1 << 20)))));
        kinds.put("location", new Kind("URL: a redirect", t -> new Location(t)));
        kinds.put("log", new Kind("TEXT: error_log(), which goes to FastCGI's stderr", t -> php -> php.message(t)));
        kinds.put(
                "fatal",
                new Kind(
                        "[TEXT]: a fatal error",
                        t -> new Fatal(t.isEmpty() ? "Uncaught Error: Call to undefined function undefined_fn()" : t)));
        kinds.put("exit", new Kind("exit()", t -> php -> php.exit()));
        kinds.put("crash", new Kind("[SIGNAL]: the worker dies; SEGV by default", t -> new Crash(signal(t))));
        kinds.put("call", new Kind("URL|PATH[,TIMEOUT]: another request, of the same site for a path", Call::of));
        kinds.put(
                "raw",
                new Kind(
                        "NAME: a broken FastCGI response, one of: " + String.join(" ", FastCgiFaults.names()),
                        t -> new Raw(t)));
        return kinds;
    }

    /** One line for each step, for {@code --help}. */
    public static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        KINDS.forEach((name, kind) -> help.put(name, kind.help()));
        return help;
    }

    /**
     * @return empty when there is no step of this name
     * @throws IllegalArgumentException when the value makes no sense for it
     */
    public static Optional<Step> parse(String name, String value) {
        return Optional.ofNullable(KINDS.get(name)).map(kind -> kind.make().apply(value.trim()));
    }

    /** A duration such as {@code 500ms}, {@code 1.5s}, {@code 2m} or {@code 1h}. */
    public static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\": a duration was expected, such as 500ms or 2s");
        }
        double millis = Double.parseDouble(matcher.group(1))
                * switch (matcher.group(2)) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m" -> 60_000;
                    default -> 3_600_000;
                };
        return Duration.ofMillis(Math.round(millis));
    }

    /** A size such as {@code 100}, {@code 16k}, {@code 8M} or {@code 1G}, in bytes. */
    public static long size(String text) {
        if (!text.matches("[0-9]{1,12}(k|K|KiB|m|M|MiB|g|G|GiB|B)?")) {
            throw new IllegalArgumentException("\"" + text + "\": a size was expected, such as 100, 16k or 8M");
        }
        String digits = text.replaceAll("[^0-9].*", "");
        String unit = text.substring(digits.length()).toLowerCase(java.util.Locale.ROOT);
        int shift = unit.startsWith("k") ? 10 : unit.startsWith("m") ? 20 : unit.startsWith("g") ? 30 : 0;
        return Long.parseLong(digits) << shift;
    }

    public static long number(String text, long least, long most) {
        if (text.matches("[0-9]{1,12}")) {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw new IllegalArgumentException("\"%s\": a number from %d to %d was expected".formatted(text, least, most));
    }

    private static Signal signal(String text) {
        return text.isEmpty()
                ? Signal.SEGV
                : Signal.parse(text)
                        .orElseThrow(() -> new IllegalArgumentException("\"" + text + "\": a signal was expected"));
    }
}
