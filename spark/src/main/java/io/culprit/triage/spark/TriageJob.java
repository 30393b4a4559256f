package io.culprit.triage.spark;

import io.culprit.cli.DashboardOptions;
import io.culprit.cli.ShortUsage;
import io.culprit.cli.tools.LogOptions;
import io.culprit.config.AdminConfig;
import io.culprit.triage.Triage;
import io.culprit.triage.chain.Evidence;
import io.culprit.triage.chain.Link;
import io.culprit.triage.classify.proxy.LogFormat;
import io.culprit.triage.read.FileClock;
import io.culprit.triage.read.Filter;
import io.culprit.triage.report.JsonReport;
import io.culprit.triage.report.TextReport;
import io.culprit.triage.tally.Tally;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code spark-submit --class io.culprit.triage.spark.TriageJob culprit-spark-VERSION-all.jar PATH... --out FOLDER}. */
@Command(
        name = "TriageJob",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Read a lake of logs and say what broke on which host, since when, whose fault it is and what to change.",
        footer = {
            "",
            "Exit 0: read, whatever was found. 2: wrong usage, or nothing to read.",
            "",
            "Examples:",
            "  spark-submit --class io.culprit.triage.spark.TriageJob culprit-spark-all.jar \\",
            "      's3a://logs/2026/11/27/*/' --by '/27/([^/]+)/' --window hour --out s3a://reports/2026-11-27",
            "  spark-submit --class io.culprit.triage.spark.TriageJob culprit-spark-all.jar \\",
            "      --tables s3a://reports/2026-11-27 --into jdbc:postgresql://db/culprit"
        })
public final class TriageJob implements Callable<Integer> {
    /** Links of all hosts in the report; the table has all. */
    private static final int MOST_LINKS = 50;

    private final @Nullable SparkSession session;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "files, folders and patterns of any file system")
    private List<String> paths = List.of();

    @Option(names = "--out", paramLabel = "FOLDER", description = "a new folder for the report and the tables")
    private @Nullable String out;

    @Option(
            names = "--by",
            paramLabel = "REGEX",
            description =
                    "whose a file is: the first group of this expression in its name (default: its folder); '^' for one of all")
    private String by = "";

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "what is judged together: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Window window = Window.day;

    @Mixin
    private LogOptions which;

    @Option(
            names = "--tables",
            paramLabel = "FOLDER",
            description = "what an earlier --out wrote, instead of logs, for --into or --dashboard")
    private @Nullable String tables;

    @Option(
            names = "--into",
            paramLabel = "JDBC",
            description = "also write the counts into this journal, for the dashboard")
    private @Nullable String into;

    @Option(names = "--dashboard", description = "open the tables of --tables on the dashboard, until the job is ended")
    private boolean dashboard;

    @Mixin
    private DashboardOptions where;

    @Option(
            names = "--days",
            paramLabel = "FROM..TO",
            description = "only these days into the journal or onto the dashboard, e.g. 2026-11-01..2026-11-07")
    private String days = "..";

    /** Time of a window. The names are those of the command line. */
    enum Window {
        hour(3_600_000_000L),
        day(86_400_000_000L),
        none(0);

        private final long micros;

        Window(long micros) {
            this.micros = micros;
        }
    }

    /** On the cluster that spark-submit says. */
    public TriageJob() {
        this(null);
    }

    /** On a session that whoever has started it ends. */
    TriageJob(@Nullable SparkSession session) {
        this.session = session;
    }

    /** Runs the job on the cluster that spark-submit says. */
    public static void main(String... args) {
        System.exit(new CommandLine(new TriageJob())
                .setParameterExceptionHandler(new ShortUsage())
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        check();
        String zone = which.zone().map(ZoneId::getId).orElse("");
        Filter filter = which.filter();
        SparkSession session = this.session != null ? this.session : started();
        try {
            if (tables != null) {
                if (into != null) {
                    publish(session, tables, into);
                }
                if (dashboard) {
                    AdminConfig address = where.config();
                    String folder = tables;
                    DayDashboard.open(journal -> publish(session, folder, journal), address);
                }
                return 0;
            }
            JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
            String target = Objects.requireNonNull(out);
            Path folder = new Path(target);
            if (folder.getFileSystem(HadoopSource.configuration()).exists(folder)) {
                throw new ParameterException(
                        spec.commandLine(), "--out " + target + " is there already; name a new folder");
            }
            Lake lake = lake(spark);
            if (lake.files().isEmpty()) {
                lake.problems().forEach(problem -> System.err.println("culprit: " + problem));
                System.err.println("culprit: there is nothing to read");
                return 2;
            }
            List<String> formats = new ArrayList<>(which.formats());
            formats.addAll(LakeFormats.of(lake.configurations(), lake.problems()));
            run(session, spark, lake, new LakeReading.Settings(formats, zone, filter, window.micros), target);
            if (into != null) {
                publish(session, target, into);
            }
            return 0;
        } finally {
            if (this.session == null) {
                session.stop();
            }
        }
    }

    private Lake lake(JavaSparkContext spark) {
        try {
            return Lake.find(spark, paths, by);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private static SparkSession started() {
        return SparkSession.builder()
                .appName("culprit triage")
                .config("spark.sql.session.timeZone", "UTC")
                .getOrCreate();
    }

    private void check() {
        CommandLine line = spec.commandLine();
        if (tables == null && (paths.isEmpty() || out == null)) {
            throw new ParameterException(line, "PATH... and --out are needed, or --tables and --into or --dashboard");
        }
        if (tables != null && (into == null && !dashboard || !paths.isEmpty())) {
            throw new ParameterException(line, "--tables needs --into or --dashboard, and takes no logs beside it");
        }
        if (tables == null && dashboard) {
            throw new ParameterException(line, "--dashboard needs --tables");
        }
        if (dashboard) {
            where.config();
        }
        if (into != null && !into.startsWith("jdbc:")) {
            throw new ParameterException(line, "--into " + into + ": not jdbc:h2:... or jdbc:postgresql:...");
        }
        if (!days.matches("(\\d{4}-\\d{2}-\\d{2})?\\.\\.(\\d{4}-\\d{2}-\\d{2})?")) {
            throw new ParameterException(line, "--days " + days + ": 2026-11-01..2026-11-07 was expected");
        }
        try {
            java.util.regex.Pattern.compile(by);
            which.formats().forEach(LogFormat::new);
        } catch (PatternSyntaxException e) {
            throw new ParameterException(
                    line, "--by " + by + ": " + e.getDescription() + " at character " + e.getIndex());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(line, "--log-format: " + e.getMessage());
        }
    }

    private void run(
            SparkSession session, JavaSparkContext spark, Lake lake, LakeReading.Settings settings, String target)
            throws IOException {
        LakeReading reading = new LakeReading(spark, lake, settings);
        Broadcast<LakeReading.Places> places = spark.broadcast(reading.places());
        Filter filter = settings.filter();
        JavaRDD<Judgement> judgements = reading.tallies()
                .map(pair -> Judgement.of(
                        pair._1(),
                        pair._2(),
                        Objects.requireNonNull(
                                places.value().clocks().get(pair._1().host())),
                        filter,
                        places.value().numbers()))
                .cache();
        List<Link> links = new ArrayList<>(judgements
                .flatMap(j -> j.links().iterator())
                .mapToPair(link -> new scala.Tuple2<>(-link.requests(), link))
                .sortByKey()
                .values()
                .take(MOST_LINKS));
        Triage.Result whole = whole(reading, lake, filter, links);
        new DayTables(session, target).write(judgements);
        Path report = new Path(target, "report.json");
        try (OutputStream file =
                report.getFileSystem(HadoopSource.configuration()).create(report)) {
            JsonReport.write(whole, file);
        }
        PrintStream text = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        new TextReport(whole, text, false).print();
        text.println();
        Worst.print(judgements, text);
        text.flush();
    }

    private static Triage.Result whole(LakeReading reading, Lake lake, Filter filter, List<Link> links) {
        Tally tally = reading.whole();
        List<Long> offsets = reading.places().clocks().values().stream()
                .map(FileClock::offset)
                .distinct()
                .toList();
        long offset = offsets.size() == 1 ? offsets.get(0) : 0; // hosts of several zones: UTC
        Evidence evidence =
                new Evidence(tally, offset, filter.isNone(), reading.places().numbers()::where);
        return new Triage.Result(lake.files(), reading.problems(), evidence, links);
    }

    private void publish(SparkSession session, String folder, String journal) throws IOException {
        Path counts = new Path(folder, DayTables.COUNTS);
        if (!counts.getFileSystem(HadoopSource.configuration()).exists(counts)) {
            throw new ParameterException(spec.commandLine(), "--tables " + folder + ": there are no tables in it");
        }
        int dots = days.indexOf("..");
        long written =
                new DayJournal(session, folder).write(days.substring(0, dots), days.substring(dots + 2), journal);
        System.err.println(written + " counts are in the journal");
    }
}
