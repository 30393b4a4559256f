package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Event;
import io.culprit.proof.harness.TestGateway;
import io.culprit.record.journal.ExampleFilter;
import io.culprit.record.journal.Journal;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.store.Example;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal behind a real gateway, on both stores. */
class JournalTest {
    private static Postgres postgres;

    @TempDir
    private Path directory;

    @AfterAll
    static void stop() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    private static synchronized Postgres postgres() throws Exception {
        if (postgres == null) {
            postgres = Postgres.create();
        }
        return postgres;
    }

    private String url(String store) throws Exception {
        return store.equals("h2")
                ? "jdbc:h2:" + directory.resolve("journal")
                : postgres().url();
    }

    private static TestGateway gateway(String url, String instance) throws IOException {
        return TestGateway.start("""
                journal: { url: "%s", instance: %s }
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """.formatted(url, instance));
    }

    private static Journal journal(TestGateway gateway) {
        return gateway.gateway().monitor().journal().orElseThrow();
    }

    private static long failures(JournalQueries queries, String instance) {
        try {
            return queries.counts(0).stream()
                    .filter(row -> row.instance().equals(instance)
                            && row.last()
                            && row.cause().equals("connect.refused"))
                    .mapToLong(JournalQueries.Row::count)
                    .sum();
        } catch (UnavailableException e) {
            return -1;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void whatWasCountedIsThereAfterARestart(String store) throws Exception {
        String name = "restart-" + store;
        try (TestGateway first = gateway(url(store), name)) {
            for (int i = 0; i < 20; i++) {
                first.get("/?token=hush");
            }
            TestGateway.await(
                    "the second's counts are kept",
                    3_000,
                    () -> failures(journal(first).queries(), name) == 20);
        }
        try (TestGateway second = gateway(url(store), name)) {
            TestGateway.await(
                    "the store is open", () -> failures(journal(second).queries(), name) >= 0);
            assertEquals(20, failures(journal(second).queries(), name));
            second.get("/");
            TestGateway.await("counts add up", () -> failures(journal(second).queries(), name) == 21);
            List<Example> examples =
                    journal(second).queries().examples(ExampleFilter.of("connect.refused", "app"), 100);
            assertFalse(examples.isEmpty());
            assertTrue(examples.stream().noneMatch(e -> e.json().contains("hush")), "a secret is kept");
            assertEquals(
                    examples.get(0).requestId(),
                    journal(second)
                            .queries()
                            .example(examples.get(0).requestId())
                            .orElseThrow()
                            .requestId());
            List<Event.Kind> kinds = journal(second).queries().events(0, 100, "").stream()
                    .map(Event::kind)
                    .toList();
            assertTrue(
                    kinds.contains(Event.Kind.GATEWAY_STARTED) && kinds.contains(Event.Kind.GATEWAY_STOPPED),
                    kinds + "");
            assertFalse(kinds.contains(Event.Kind.GATEWAY_CRASHED), kinds + "");
            TestGateway.await("nothing waits to be kept", () -> journal(second).lagSeconds() == 0);
        }
    }

    @Test
    void severalGatewaysShareOnePostgresql() throws Exception {
        try (TestGateway a = gateway(postgres().url(), "share-a");
                TestGateway b = gateway(postgres().url(), "share-b")) {
            for (int i = 0; i < 5; i++) {
                a.get("/");
                b.get("/");
            }
            b.get("/");
            TestGateway.await(
                    "both are there",
                    () -> failures(journal(a).queries(), "share-a") == 5
                            && failures(journal(a).queries(), "share-b") == 6);
        }
    }

    @Test
    void whileTheStoreIsDownCountsGatherAndCatchUp() throws Exception {
        String name = "outage";
        try (TestGateway gateway = gateway(postgres().url(), name)) {
            gateway.get("/");
            TestGateway.await("it is kept", () -> failures(journal(gateway).queries(), name) == 1);
            postgres().stop();
            for (int i = 0; i < 50; i++) {
                assertEquals(502, gateway.get("/").status());
            }
            TestGateway.await(
                    "the trouble is named", () -> !journal(gateway).trouble().isEmpty());
            TestGateway.await("the lag shows", () -> journal(gateway).lagSeconds() > 0.5);
            String metrics =
                    new String(gateway.gateway().monitor().metrics().page("").content());
            assertTrue(metrics.contains("culprit_journal_up 0.0"), metrics);
            postgres().start();
            TestGateway.await(
                    "it catches up", 30_000, () -> failures(journal(gateway).queries(), name) == 51);
            TestGateway.await("no lag", () -> journal(gateway).lagSeconds() == 0);
        }
    }

    @Test
    void aGatewayStartsAndServesWithoutItsStore() throws Exception {
        try (TestGateway gateway = gateway("jdbc:postgresql://127.0.0.1:1/none", "alone")) {
            assertEquals(502, gateway.get("/").status());
            TestGateway.await(
                    "the trouble is named", () -> journal(gateway).trouble().contains("refused"));
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsPutAsideNotLost() throws Exception {
        Path file = directory.resolve("journal.mv.db");
        java.nio.file.Files.writeString(file, "not a database ".repeat(1000));
        try (TestGateway gateway = gateway("jdbc:h2:" + directory.resolve("journal"), "broken")) {
            gateway.get("/");
            TestGateway.await(
                    "a new one is written", () -> failures(journal(gateway).queries(), "broken") == 1);
        }
        try (var files = java.nio.file.Files.list(directory)) {
            assertTrue(
                    files.anyMatch(f -> f.getFileName().toString().contains("broken")
                            || f.getFileName().toString().contains("corrupt")),
                    "the old file is gone");
        }
    }
}
