package io.culprit.record.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.record.fleet.Attribution.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Whose a failure is, from the counts of several gateways. */
class WhoseTest {
    private static final String CAUSE = "connect.refused";

    private final List<Attempts> attempts = new ArrayList<>();

    private WhoseTest asked(String gateway, String server, long failed, long well) {
        attempts.add(new Attempts(gateway, "app", server, CAUSE, failed));
        attempts.add(new Attempts(gateway, "app", server, "ok", well));
        return this;
    }

    private Attribution judged() {
        List<Attribution> all = Whose.of(attempts);
        assertEquals(1, all.size(), all.toString());
        return all.get(0);
    }

    private void fleet(int gateways, int servers, BiFunction<Integer, Integer, Long> failed) {
        for (int g = 0; g < gateways; g++) {
            for (int s = 0; s < servers; s++) {
                long bad = failed.apply(g, s);
                asked("gw-" + g, "10.0.0." + s + ":80", bad, 100 - bad);
            }
        }
    }

    @Test
    void oneServerFromAllGatewaysIsThatServers() {
        fleet(5, 4, (g, s) -> s == 2 ? 90L : 0L);
        Attribution found = judged();
        assertEquals(Owner.SERVER, found.whose());
        assertEquals("10.0.0.2:80", found.subject());
        assertTrue(found.sentence().contains("450 of 500 attempts from all 5 gateways"), found.sentence());
        assertTrue(found.sentence().contains("the 3 other servers have none in 1,500"), found.sentence());
    }

    @Test
    void oneGatewayAtAllServersIsThatMachines() {
        fleet(5, 4, (g, s) -> g == 3 ? 60L : 0L);
        Attribution found = judged();
        assertEquals(Owner.GATEWAY, found.whose());
        assertEquals("gw-3", found.subject());
    }

    @Test
    void oneGatewayAtOneServerIsTheWayBetween() {
        fleet(5, 4, (g, s) -> g == 3 && s == 1 ? 90L : 0L);
        assertEquals(Owner.PATH, judged().whose());
    }

    @Test
    void allGatewaysAtAllServersIsTheUpstreams() {
        fleet(5, 4, (g, s) -> 30L);
        assertEquals(Owner.UPSTREAM, judged().whose());
    }

    @Test
    void aSingleGatewayCanTellServersApartButNotMore() {
        asked("gw", "a:80", 50, 50).asked("gw", "b:80", 0, 100);
        assertEquals(Owner.SERVER, judged().whose());
        attempts.clear();
        asked("gw", "a:80", 50, 50).asked("gw", "b:80", 50, 50);
        assertEquals(Owner.UNCLEAR, judged().whose());
        assertTrue(judged().sentence().contains("only gw asks"), judged().sentence());
    }

    @Test
    void whoAskedTooLittleSparesNobody() {
        // gw-1 has not failed in 4 attempts, which at 50 % would be chance
        asked("gw-0", "a:80", 50, 50).asked("gw-1", "a:80", 0, 4);
        assertEquals(Owner.UNCLEAR, judged().whose());
        assertTrue(judged().sentence().contains("asked too little to tell"), judged().sentence());
    }

    @Test
    void someGatewaysOfManyIsNotKnown() {
        fleet(6, 2, (g, s) -> g < 3 ? 40L : 0L);
        assertEquals(Owner.UNCLEAR, judged().whose());
    }

    @Test
    void fewFailuresAndClientsFaultsAreNotJudged() {
        asked("gw-0", "a:80", 4, 50);
        attempts.add(new Attempts("gw-0", "app", "", "client.abort", 500));
        assertEquals(List.of(), Whose.of(attempts));
    }
}
