package io.culprit.cli.tools;

import io.culprit.cli.Terminal;
import io.culprit.triage.Triage;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import io.culprit.triage.report.HtmlReport;
import io.culprit.triage.report.JsonReport;
import io.culprit.triage.report.TextReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culprit triage}: says what broke from logs alone. */
@Command(
        name = "triage",
        description = "Read logs of any mix and say what broke, since when, whose fault it is and what to change.",
        footer = {
            "",
            "Knows nginx, PHP-FPM, PHP, Apache, HAProxy, Envoy, ALB, Caddy, Traefik, gunicorn, uvicorn, uWSGI, Puma, Node.js,"
                    + " Tomcat, databases, the kernel, systemd, Heroku, Cloudflare and Culprit; plain, .gz, .xz and .zst; behind"
                    + " prefixes of docker, Kubernetes, compose, journald and syslog.",
            "Exit 0: nothing found. 1: something was. 2: wrong usage.",
            "",
            "Examples:",
            "  culprit triage /var/log",
            "  culprit triage access.log error.log /var/log/php8.2-fpm.log --since 14:00",
            "  kubectl logs deploy/shop | culprit triage -"
        })
public final class TriageCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "files, folders, or - for standard input; an nginx.conf among them gives its log formats")
    private List<String> files;

    @Mixin
    private LogOptions which;

    @Option(names = "--json", description = "print everything as JSON")
    private boolean json;

    @Option(names = "--html", paramLabel = "PAGE", description = "also write one self-contained page to this file")
    private @Nullable Path html;

    @Option(
            names = "--into",
            paramLabel = "JDBC",
            description =
                    "also write what failed into this journal (jdbc:h2:... or jdbc:postgresql:...), for the dashboard to show")
    private @Nullable String into;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Optional<ZoneId> known = which.zone();
        Filter filter = which.filter();
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Triage.Result result;
        ProgressLine progress = new ProgressLine();
        try {
            result = Triage.run(files, which.formats(), known, filter, progress);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        } finally {
            progress.done();
        }
        if (result.tally().lines() == 0 && !result.problems().isEmpty()) {
            result.problems().forEach(problem -> System.err.println("culprit: " + problem));
            return 2;
        }
        if (json) {
            JsonReport.write(result, out);
        } else {
            new TextReport(result, out, Terminal.isThere() && System.getenv("NO_COLOR") == null).print();
        }
        out.flush();
        if (html != null) {
            try {
                Files.writeString(html, HtmlReport.of(result), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new ParameterException(
                        spec.commandLine(), "--html " + html + ": cannot be written: " + e.getMessage());
            }
            System.err.println("The page is in " + html);
        }
        if (into != null) {
            importInto(result, into);
        }
        return result.isFinding() ? 1 : 0;
    }

    private void importInto(Triage.Result result, String journal) {
        if (!journal.startsWith("jdbc:")) {
            throw new ParameterException(
                    spec.commandLine(), "--into " + journal + ": not jdbc:h2:... or jdbc:postgresql:...");
        }
        try {
            int minutes = TriageImport.write(result, journal);
            System.err.println(
                    minutes
                            + " counts are in the journal; what is older than its retention goes at the gateway's next clean-up");
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(), "--into: the journal cannot be written: " + e.getMessage());
        }
    }

    /** How far reading has come, on a terminal only. */
    private static final class ProgressLine implements Progress {
        private static final long EVERY_NANOS = 100_000_000L;
        private final boolean terminal = Terminal.isThere();
        private long toldNanos = System.nanoTime();
        private boolean told;

        @Override
        public synchronized void read(long bytes, long total) {
            long now = System.nanoTime();
            if (!terminal || total < 64 << 20 || now - toldNanos < EVERY_NANOS) {
                return;
            }
            toldNanos = now;
            told = true;
            int percent = (int) (bytes * 100 / Math.max(1, total));
            String bar = "#".repeat(percent / 2) + ".".repeat(50 - percent / 2);
            System.err.printf("\r[%s] %3d %%  %d of %d MiB", bar, percent, bytes >> 20, total >> 20);
        }

        synchronized void done() {
            if (told) {
                System.err.print("\r\u001b[K");
            }
        }
    }
}
