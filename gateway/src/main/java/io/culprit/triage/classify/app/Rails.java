package io.culprit.triage.classify.app;

import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.FlatJson;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rails' log, with Ruby's formatter before its lines or without, tagged or not, and lograge's line for each request. The exception says
 * why; that a request was {@code Completed 500} is its other line. Lines as Rails 6.1 and lograge 0.10 write them.
 */
public final class Rails implements LineReader {
    private static final Pattern EXCEPTION = Pattern.compile("(?m)^([A-Z]\\w*(?:::[A-Z]\\w*)*)(?: \\(|: )");
    private static final Pattern FRAME = Pattern.compile("(?m)^((?:app|lib|config)[\\w/]*\\.rb:\\d+):in ");

    /** What Rails answers with a status of the client's, by its own table of exceptions. */
    private static final Pattern OF_CLIENTS = Pattern.compile(
            "(?:ActionController::(?:RoutingError|BadRequest|ParameterMissing"
                    + "|InvalidAuthenticityToken|InvalidCrossOriginRequest|UnknownFormat|MethodNotAllowed|UnknownHttpMethod"
                    + "|MissingExactTemplate)|AbstractController::ActionNotFound|ActionDispatch::Http::\\w+::\\w+"
                    + "|ActiveRecord::(?:RecordNotFound|RecordInvalid|RecordNotSaved|StaleObjectError)|Rack::QueryParser::\\w+)");

    private static final String[] NO_DATABASE = {
        "ActiveRecord::ConnectionNotEstablished",
        "ActiveRecord::ConnectionFailed",
        "ActiveRecord::DatabaseConnectionError",
        "ActiveRecord::NoDatabaseError",
        "PG::ConnectionBad",
        "PG::UnableToSend",
        "Mysql2::Error::ConnectionError",
        "Trilogy::ConnectionError",
        "Lost connection to MySQL server",
        "Can't connect to MySQL server",
        "MySQL server has gone away",
        "Too many connections"
    };
    private static final String[] SLOW = {
        "ActiveRecord::QueryCanceled",
        "ActiveRecord::StatementTimeout",
        "ActiveRecord::LockWaitTimeout",
        "PG::QueryCanceled",
        "Lock wait timeout exceeded"
    };
    private static final Pattern SERVICES = Pattern.compile(
            "(?:Redis\\w*::\\w*(?:Connect|Timeout)|Faraday::(?:Connection|Timeout)|Net::(?:Open|Read|Write)Timeout|HTTP::(?:Connection|Timeout)"
                    + "|Errno::E(?:CONNREFUSED|HOSTUNREACH|TIMEDOUT|CONNRESET)|SocketError|Elastic\\w*::Transport|Excon::Error::(?:Socket|Timeout)).*");

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        int at = RailsRecord.message(s);
        Stamp stamp = at < 0 ? Stamp.NONE : Times.iso(s, 4);
        String message = at < 0 ? s : s.substring(at);
        String tag = RailsRecord.tag(message);
        String rest = message.substring(tag.length());
        Finding found = judge(rest, tag);
        if (found == null) {
            boolean logger = at >= 0 || s.startsWith("# Logfile created on ");
            found = logger ? Finding.noise(Program.RAILS) : null;
        }
        if (found == null) {
            return null;
        }
        boolean known = !found.diagnoses().isEmpty() && found.diagnoses().get(0) != Condition.UNKNOWN;
        if (known && RailsRecord.isId(tag.strip())) { // lograge and the exception tell of one request
            found.connection(tag.hashCode() & 0xffff_ffffL);
        }
        found.at(stamp);
        return (found.clock() == Clock.NONE ? found.at(line.stamp()) : found).host(line.host());
    }

    private static @Nullable Finding judge(String rest, String tag) {
        if (rest.startsWith("Completed ") && rest.contains(" in ")) {
            long status = Words.numberAfter(rest, "Completed ");
            return status < 500 || status > 599
                    ? Finding.noise(Program.RAILS)
                    : Finding.error(Program.RAILS)
                            .is(Condition.UNKNOWN)
                            .status((int) status)
                            .duration(Words.scaled(Words.between(rest, " in ", "ms"), 1_000));
        }
        if (rest.startsWith("Started ") && rest.contains("\" for ")
                || rest.startsWith("Processing by ")
                || rest.startsWith("  Rendered ")) {
            return Finding.noise(Program.RAILS);
        }
        if (rest.startsWith("method=") && rest.contains(" controller=")) {
            return lograge(rest);
        }
        if (rest.startsWith("{\"method\":") && rest.contains("\"controller\":")) {
            Map<String, String> json = FlatJson.read(rest);
            return json == null ? null : lograge(json);
        }
        return exception(tag.isEmpty() ? rest : rest.replace("\n" + tag, "\n"));
    }

    /** {@code  \n ArgumentError (cart is empty):\n \n app/models/cart.rb:28:in `total'}. */
    private static @Nullable Finding exception(String text) {
        Matcher name = EXCEPTION.matcher(text);
        boolean traced = text.contains("):") && (text.contains("\n") || text.isBlank());
        if (!traced
                || !name.find()
                || !text.startsWith(" (", name.end(1))
                || name.group(1).equals("Traceback")) {
            return null;
        }
        Diagnosis what = judge(text.substring(name.start()));
        Matcher frame = FRAME.matcher(text);
        return what == null
                ? Finding.noise(Program.RAILS)
                : Finding.error(Program.RAILS).is(what).script(frame.find() ? frame.group(1) : "");
    }

    /** Whether a line begins with the name of an exception: {@code ArgumentError (cart is empty):}. */
    static boolean isException(String line) {
        return EXCEPTION.matcher(line).lookingAt() && !line.startsWith("Traceback");
    }

    /** What an exception with its message proves, null where it is the client's. */
    static @Nullable Diagnosis judge(String exception) {
        Matcher name = EXCEPTION.matcher(exception);
        String thrown = name.lookingAt() ? name.group(1) : "";
        if (OF_CLIENTS.matcher(thrown).matches()) {
            return null;
        }
        if (exception.startsWith("ActiveRecord::ConnectionTimeoutError")) {
            return Condition.DB_POOL_EXHAUSTED;
        }
        if (Words.any(exception, SLOW)) {
            return Condition.DB_SLOW;
        }
        if (Words.any(exception, NO_DATABASE)) {
            return Condition.DB_UNAVAILABLE;
        }
        return SERVICES.matcher(thrown).matches() ? Condition.DEPENDENCY_FAILED : Condition.APP_EXCEPTION;
    }

    private static Finding lograge(String rest) {
        int quote = rest.indexOf(" error='");
        int end = RailsRecord.errorEnd(rest);
        String error = quote < 0 || end < quote + 8 ? "" : rest.substring(quote + 8, end);
        return ended(
                Words.numberAfter(rest, " status="),
                Words.between(rest, "method=", " "),
                Words.between(rest, " path=", " "),
                Words.between(rest + " ", " duration=", " "),
                error);
    }

    /** A request as lograge tells it in JSON. */
    public static Finding lograge(Map<String, String> json) {
        return ended(
                Words.number(json.getOrDefault("status", "-")),
                json.getOrDefault("method", ""),
                json.getOrDefault("path", ""),
                json.getOrDefault("duration", "-"),
                json.getOrDefault("error", ""));
    }

    /** It stands behind a proxy's own log, so that it is what the application did for a request and no request more. */
    private static Finding ended(long status, String method, String path, String millis, String error) {
        Diagnosis what = error.isEmpty() ? Condition.UNKNOWN : judge(error);
        boolean failed = status >= 500 && status <= 599;
        Finding found = failed
                ? Finding.error(Program.RAILS).is(what == null ? Condition.UNKNOWN : what)
                : new Finding(Program.RAILS, Finding.Kind.WORK);
        return found.status((int) status).request(method, path).duration(Words.scaled(millis, 1_000));
    }
}
