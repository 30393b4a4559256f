package io.culprit.triage.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExplainTest {
    @Test
    void everyConditionSaysWhatItLeavesOpen() {
        for (Condition each : Condition.values()) {
            assertFalse(Meaning.of(each).notProven().isEmpty(), each.id());
        }
    }

    @Test
    void everyCauseOfAnUpstreamSaysWhatItLeavesOpen() {
        for (Cause each : Cause.values()) {
            boolean ofClient = each.id().startsWith("client.") || each.id().startsWith("tunnel.");
            assertTrue(ofClient || !Meaning.of(each).notProven().isEmpty(), each.id());
        }
    }

    @Test
    void noIdIsCauseAndCondition() {
        Set<String> ids = new HashSet<>();
        Arrays.stream(Cause.values()).forEach(c -> ids.add(c.id()));
        for (Condition each : Condition.values()) {
            assertTrue(ids.add(each.id()), each.id());
        }
    }

    @Test
    void theTablesNameNothingThatDoesNotExist() {
        for (String id : Stack.causes()) {
            assertTrue(Diagnosis.byId(id).isPresent(), id);
        }
        for (String[] row : Table.rows(Meaning.class, "meanings.tsv")) {
            assertTrue(Diagnosis.byId(row[0]).isPresent(), row[0]);
            assertEquals(2, row.length, row[0]);
        }
    }

    @Test
    void aStacksOwnReasonsComeFirst() {
        List<Stack.Reason> reasons = Stack.reasons(Cause.CONNECT_REFUSED, List.of(Stack.DOCKER));
        assertTrue(reasons.get(0).text().contains("container"), reasons.toString());
    }

    @Test
    void timersAreReadAsSeconds() {
        assertEquals(
                60,
                Timer.all().stream()
                        .filter(t -> t.program().equals("nginx") && t.setting().equals("proxy_read_timeout"))
                        .findFirst()
                        .orElseThrow()
                        .seconds());
        assertTrue(StatusCode.of("521").orElseThrow().usedBy().contains("Cloudflare"));
        assertTrue(StatusCode.of("h12").isPresent());
    }
}
