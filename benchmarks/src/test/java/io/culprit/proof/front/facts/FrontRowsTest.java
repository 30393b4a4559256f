package io.culprit.proof.front.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No row of {@code front-cases.tsv} is left out: each is replayed by one test, or {@code front-unplayed.tsv} says why it cannot be. */
class FrontRowsTest {
    /** What is replayed, by whom, each row once. */
    private static Map<String, List<String>> replayed() throws IOException {
        return Map.of(
                "FrontDifferentialTest",
                ids(FrontScript.SCRIPTS),
                "FrontFloodTest",
                ids(FrontScript.FLOODS),
                "FrontResetTest",
                ids(FrontScript.RESETS),
                "FrontUpstreamTlsTest",
                FrontTlsServers.IDS,
                "FrontPreambleTest",
                List.copyOf(FrontPreambleTest.ROWS.keySet()),
                "FrontTrailersTest",
                FrontTrailersTest.IDS);
    }

    private static List<String> ids(String file) throws IOException {
        return FrontScript.all(file).stream().map(FrontScript::id).toList();
    }

    @Test
    void everyRowIsReplayedOrItIsSaidWhyNot() throws IOException {
        List<String> twice = new ArrayList<>();
        Set<String> here = new HashSet<>();
        for (List<String> each : replayed().values()) {
            each.stream().filter(id -> !here.add(id)).forEach(twice::add);
        }
        for (String[] row : FrontRows.table("front-unplayed.tsv")) {
            assertTrue(row.length == 2 && !row[1].isBlank(), "why is it left out: " + row[0]);
            if (!here.add(row[0])) {
                twice.add(row[0]);
            }
        }
        assertEquals(List.of(), twice, "rows that are there twice");
        Set<String> measured = FrontRows.column("sent").keySet();
        Set<String> missing = new TreeSet<>(measured);
        missing.removeAll(here);
        assertEquals(Set.of(), missing, "rows that nobody replays");
        here.removeAll(measured);
        assertEquals(Set.of(), here, "rows that were not measured");
    }

    @Test
    void aScriptHasAListenerAndSomethingToCompareWith() throws IOException {
        for (String file : List.of(FrontScript.SCRIPTS, FrontScript.FLOODS)) {
            List<FrontScript> scripts = FrontScript.all(file);
            FrontRows rows = FrontRows.of(scripts);
            for (FrontScript each : scripts) {
                assertTrue(FrontOracle.LISTENERS.contains(each.listener()), each.id() + ": what is " + each.listener());
                assertFalse(rows.measured(each.id()).isEmpty(), each.id() + " was not measured");
            }
        }
    }

    @Test
    void whatIsSaidOfRowsIsSaidOfThoseThatArePlayed() throws IOException {
        Set<String> played = new HashSet<>();
        replayed().values().forEach(played::addAll);
        Stream.concat(
                        FrontRows.deviations().keySet().stream(),
                        FrontRows.table("front-variants.tsv").stream().map(row -> row[0]))
                .forEach(id -> assertTrue(played.contains(id), id + " is listed but not played"));
    }
}
