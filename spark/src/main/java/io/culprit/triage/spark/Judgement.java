package io.culprit.triage.spark;

import io.culprit.triage.Triage;
import io.culprit.triage.Verdict;
import io.culprit.triage.chain.Chains;
import io.culprit.triage.chain.Evidence;
import io.culprit.triage.chain.Link;
import io.culprit.triage.read.FileClock;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.LineNumbers;
import io.culprit.triage.report.JournalRows;
import io.culprit.triage.tally.Tally;
import java.io.Serializable;
import java.util.List;

/**
 * What was found in one host's logs of one window.
 *
 * @param key whose, of when
 * @param finding whether anything was
 * @param sentence the verdict
 * @param blame who has to act
 * @param requests requests that access logs tell of
 * @param failed those with a status of 500 or more
 * @param lines records read
 * @param links what lies behind the failures
 * @param rows counts and examples, as the journal has them
 */
record Judgement(
        Key key,
        boolean finding,
        String sentence,
        String blame,
        long requests,
        long failed,
        long lines,
        List<Link> links,
        JournalRows rows)
        implements Serializable {

    /** Judges a tally; on whichever machine it lies. */
    static Judgement of(Key key, Tally tally, FileClock clock, Filter filter, LineNumbers numbers) {
        Evidence evidence = new Evidence(tally, clock.offset(), filter.isNone(), numbers::where);
        Triage.Result result = new Triage.Result(List.of(), List.of(), evidence, Chains.find(evidence));
        Verdict verdict = new Verdict(result);
        return new Judgement(
                key,
                result.isFinding(),
                verdict.sentence(),
                verdict.blame().id(),
                tally.requests(),
                tally.failed(),
                tally.lines(),
                result.links(),
                JournalRows.of(result, key.host()));
    }
}
