package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.failure.Condition;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Node.js 20 writes: a failed call, an error that was caught, and one that was not and ended the process. */
class NodeCrashTest {
    private static final String LOG = """
            GET /cart failed: Error: connect ECONNREFUSED 127.0.0.1:1
                at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16) {
              errno: -111,
              code: 'ECONNREFUSED',
              syscall: 'connect',
              address: '127.0.0.1',
              port: 1
            }
            TypeError: Cannot read properties of undefined (reading 'id')
                at cart (/srv/shop/server.js:12:20)
                at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
            Error: boom
                at Timeout._onTimeout (/srv/shop/server.js:3:234)
                at process.processTimers (node:internal/timers:519:7)

            Node.js v20.20.2
            """;

    @TempDir
    Path directory;

    @Test
    void theEndOfTheProcessIsToldWithTheErrorThatEndedIt() throws Exception {
        Path log = Files.writeString(directory.resolve("app.log"), LOG);
        Tally tally = Triage.run(List.of(log.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE)
                .tally();
        List<String> errors = tally.groups(Finding.Kind.ERROR).stream()
                .map((Group each) -> each.diagnosis().id() + " " + each.lines())
                .sorted()
                .toList();
        assertEquals(List.of("app.exception 1", "connect.refused 1"), errors);
        assertEquals(1, tally.events(Condition.WORKER_EXITED).size());
        assertEquals(0, tally.unreadCount(), tally.unreadLines().toString());
    }
}
