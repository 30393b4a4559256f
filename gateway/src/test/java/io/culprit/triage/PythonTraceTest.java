package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Django 3.2 under gunicorn 20.1 wrote: its database was down, a view failed, a service it calls was down. */
class PythonTraceTest {
    @TempDir
    Path directory;

    @Test
    void eachFailedRequestIsOneRecordWithItsCauseAndPath() throws Exception {
        Path log = directory.resolve("django.log");
        try (var in = PythonTraceTest.class.getResourceAsStream("python/django.log")) {
            Files.write(log, in.readAllBytes());
        }
        Tally tally = Triage.run(List.of(log.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE)
                .tally();
        Map<String, String> causes = new TreeMap<>();
        for (Group each : tally.groups(Finding.Kind.ERROR)) {
            causes.put(each.diagnosis().id(), each.lines() + " " + each.paths().first());
        }
        assertEquals(
                Map.of("db.unavailable", "1 /cart/", "app.exception", "1 /oops/", "dependency.failed", "1 /pay/"),
                causes);
        assertEquals(0, tally.unreadCount(), tally.unreadLines().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "ZeroDivisionError: division by zero | app.exception",
                "KeyError: 'x' | app.exception",
                "MemoryError | app.exception",
                "django.db.utils.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)\") | db.unavailable",
                "django.db.utils.OperationalError: FATAL:  sorry, too many clients already | db.unavailable",
                "django.db.utils.OperationalError: canceling statement due to statement timeout | db.slow",
                "django.db.utils.OperationalError: no such table: x | app.exception",
                "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused. | dependency.failed",
                "requests.exceptions.ReadTimeout: HTTPConnectionPool(host='api', port=80): Read timed out. | dependency.failed",
                "requests.exceptions.JSONDecodeError: Expecting value: line 1 column 1 (char 0) | app.exception"
            })
    void theLastExceptionIsTheCause(String exception, String cause) {
        String record =
                "Internal Server Error: /a\nTraceback (most recent call last):\n  File \"/srv/a.py\", line 1, in a\n    b()\n";
        Diagnosis found = new LogClassifier()
                .classify(record + exception)
                .orElseThrow()
                .diagnoses()
                .get(0);
        assertEquals(cause, found.id());
    }
}
