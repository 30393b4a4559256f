package io.culprit.bench.rehearse;

import java.util.List;
import java.util.Map;

/**
 * What a play came to.
 *
 * @param play what was played
 * @param seconds second by second
 * @param answers how often each answer came
 * @param findings the gateway's sentences, each with how often it was said
 * @param figures the pool's figures at the end
 * @param log FPM's log
 * @param differences what is not as expected, one line each; empty: all is
 * @param skipped why it was not played, empty when it was
 */
record Outcome(
        Rehearsal play,
        List<Second> seconds,
        Map<String, Long> answers,
        Map<String, Long> findings,
        Map<String, Long> figures,
        List<String> log,
        List<String> differences,
        String skipped) {

    static Outcome skipped(Rehearsal play, String why) {
        return new Outcome(play, List.of(), Map.of(), Map.of(), Map.of(), List.of(), List.of(), why);
    }
}
