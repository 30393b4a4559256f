package io.culprit.bench.rehearse;

import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.script.Scripts;
import java.util.List;
import java.util.Map;

/**
 * One play: a simulated FPM, a gateway in front of it, a timeline and what is expected.
 *
 * @param file where it comes from
 * @param name of the play, with the variant's where the file has several
 * @param describe one line
 * @param needs what the machine must offer, {@code unprivileged} or empty
 * @param fpm the simulated FPM
 * @param scripts its site
 * @param gateway settings of the gateway's upstream as one line of YAML, possibly empty
 * @param gatewayPlace where those stand, for messages
 * @param gatewayServers servers the gateway is given instead of the pool's address, possibly empty
 * @param timeline in order of time
 * @param answers how often each answer is expected: {@code 200}, {@code 502 connect.backlog-full}, {@code torn body.reset}
 * @param figures expected figures of the pool at the end, by name
 * @param log how many lines of FPM's log contain each text
 */
record Rehearsal(
        String file,
        String name,
        String describe,
        String needs,
        MasterConfig fpm,
        Scripts scripts,
        String gateway,
        String gatewayPlace,
        String gatewayServers,
        List<Action> timeline,
        Map<String, Range> answers,
        Map<String, Range> figures,
        Map<String, Range> log) {
    /** The same with a gateway that waits for every answer, so that it can be told how long one takes. */
    Rehearsal patient() {
        return new Rehearsal(
                file,
                name,
                describe,
                needs,
                fpm,
                scripts,
                gateway.replaceAll("\"?timeouts\"?: *\\{[^}]*}", "timeouts: {read: 2m}"),
                gatewayPlace,
                gatewayServers,
                timeline,
                answers,
                figures,
                log);
    }
}
