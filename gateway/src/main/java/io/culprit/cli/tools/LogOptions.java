package io.culprit.cli.tools;

import io.culprit.triage.read.Filter;
import io.culprit.triage.read.PointInTime;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which lines of logs count and how they are read: the same words for every command that reads logs. */
public final class LogOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "only lines from then on: 14:00, 2026-11-26T14:00, 2026-11-26, 90m, 2h, 3d")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "only lines up to then")
    private @Nullable String until;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "only requests with this Host, or lines of this machine")
    private String host = "";

    @Option(names = "--path", paramLabel = "PREFIX", description = "only requests whose path begins so")
    private String path = "";

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description = "an access log's format, as nginx's log_format has it")
    private List<String> formats = List.of();

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description =
                    "zone of times without one, e.g. Europe/Berlin (default: what the access logs say, else this machine's)")
    private @Nullable String zone;

    /** Access logs' formats besides the known ones, as they were given. */
    public List<String> formats() {
        return formats;
    }

    /**
     * The zone of times without one, empty for what the logs themselves tell.
     *
     * @throws ParameterException when there is no such zone
     */
    public Optional<ZoneId> zone() {
        try {
            return Optional.ofNullable(zone).map(ZoneId::of);
        } catch (DateTimeException e) {
            throw new ParameterException(spec.commandLine(), "--zone " + zone + ": " + e.getMessage());
        }
    }

    /**
     * What counts; as {@link Filter#NONE} where nothing was asked for.
     *
     * @throws ParameterException when a time is none, or there is no such zone
     */
    public Filter filter() {
        ZoneId at = zone().orElse(ZoneId.systemDefault());
        try {
            return new Filter(
                    since == null ? Long.MIN_VALUE : PointInTime.micros(since, at),
                    until == null ? Long.MAX_VALUE : PointInTime.micros(until, at),
                    host,
                    path);
        } catch (DateTimeException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
