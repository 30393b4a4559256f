package io.culprit.triage.tally;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many requests failed of what. Access logs say how many, error logs say why: an access line that stands for several causes is
 * put down to those that the error log names within a second of it. An error line alone proves no failed request: the next server
 * may have answered.
 */
public final class Failures {
    private final Map<List<Diagnosis>, Failed> all = new LinkedHashMap<>();
    private final List<Group> errors = new ArrayList<>();

    private Failures() {}

    /** What failed, most requests first, what clients did themselves last. */
    public static List<Failed> of(Tally tally) {
        Failures failures = new Failures();
        boolean access = tally.requests() > 0;
        long errors = tally.groups(Kind.ERROR).size();
        for (Group group : tally.groups(Kind.ERROR)) {
            failures.errors.add(group);
            Failed failed = failures.verdict(group.diagnoses());
            failed.group(group);
            failed.lines(group.lines());
            boolean companion =
                    group.diagnosis() == Condition.UNKNOWN && errors > 1; // Apache writes two lines for one failure
            if (!access && !companion) {
                count(failed, group, group.requests());
            }
        }
        for (Group group : tally.groups(Kind.REQUEST)) {
            failures.request(group, tally.retried() > 0);
        }
        List<Failed> sorted = new ArrayList<>(failures.all.values());
        sorted.removeIf(f -> f.requests() == 0 && f.errorLines() == 0);
        sorted.sort(Comparator.comparing((Failed f) -> isOfClient(f))
                .thenComparing(
                        Comparator.<Failed>comparingLong(Failed::requests).reversed())
                .thenComparing(
                        Comparator.<Failed>comparingLong(Failed::errorLines).reversed()));
        return List.copyOf(sorted);
    }

    /** Whether nobody behind the client had to do with it. */
    public static boolean isOfClient(Failed failed) {
        return failed.diagnosis().blame() == Blame.CLIENT || failed.diagnosis() == Cause.BODY_EXCESS;
    }

    private Failed verdict(List<Diagnosis> diagnoses) {
        return all.computeIfAbsent(diagnoses, Failed::new);
    }

    private static void count(Failed failed, Group group, long requests) {
        long timed = 0;
        double share = group.lines() == 0 ? 0 : (double) requests / group.lines();
        for (Map.Entry<Long, Long> each : group.timeline().bySecond().entrySet()) {
            long count = Math.min(requests - timed, Math.round(each.getValue() * share));
            if (count > 0) {
                failed.requests(each.getKey(), count);
                timed += count;
            }
        }
        failed.timeless(requests - timed);
    }

    /**
     * @param retried whether other requests were repeated and answered: then a POST that ended at once met a stale connection
     */
    private void request(Group group, boolean retried) {
        if (retried && group.diagnosis() == Cause.HEAD_CLOSED_ON_REUSE) {
            Failed failed = verdict(List.of(Cause.HEAD_CLOSED_ON_REUSE));
            failed.group(group);
            count(failed, group, group.lines());
            return;
        }
        boolean unknown = group.diagnosis() == Condition.UNKNOWN;
        if (!group.isOpen() && !unknown) {
            Failed failed = verdict(group.diagnoses());
            failed.group(group);
            count(failed, group, group.lines());
            return;
        }
        List<Group> candidates = new ArrayList<>();
        for (Group error : errors) {
            boolean fits = unknown ? explains(error, group) : group.diagnoses().containsAll(error.diagnoses());
            if (fits && !error.equals(group) && error.diagnosis() != Condition.UNKNOWN) {
                candidates.add(error);
            }
        }
        resolve(group, candidates);
    }

    /** An application's own error answers 500, and no 502; what a client did is no 5xx at all. */
    private static boolean explains(Group error, Group access) {
        Diagnosis what = error.diagnosis();
        if (what.blame() == Blame.CLIENT || what == Cause.BODY_EXCESS) {
            return false;
        }
        boolean application = what.id().startsWith("php.") || what.id().startsWith("app.");
        boolean gatewayFailure = access.statuses().of("502") + access.statuses().of("504") > access.lines() / 2;
        return !(application && gatewayFailure);
    }

    private void resolve(Group group, List<Group> candidates) {
        Map<Group, Long> taken = new LinkedHashMap<>();
        List<Map<Long, Long>> timelines = new ArrayList<>();
        candidates.forEach(c -> timelines.add(c.timeline().bySecond()));
        Failed open = null;
        long timed = 0;
        for (Map.Entry<Long, Long> each : group.timeline().bySecond().entrySet()) {
            timed += each.getValue();
            long[] near = new long[candidates.size()];
            long sum = 0;
            for (int i = 0; i < near.length; i++) {
                for (long second = each.getKey() - 1; second <= each.getKey() + 1; second++) {
                    near[i] += timelines.get(i).getOrDefault(second, 0L);
                }
                sum += near[i];
            }
            long left = each.getValue();
            for (int i = 0; i < near.length && sum > 0; i++) {
                long count = Math.min(left, Math.round((double) each.getValue() * near[i] / sum));
                if (count > 0) {
                    verdict(candidates.get(i).diagnoses()).requests(each.getKey(), count);
                    taken.merge(candidates.get(i), count, Long::sum);
                    left -= count;
                }
            }
            if (left > 0) {
                open = verdict(group.diagnoses());
                open.requests(each.getKey(), left);
            }
        }
        if (timed < group.lines()) {
            open = verdict(group.diagnoses());
            open.timeless(group.lines() - timed);
        }
        if (open != null) {
            open.group(group);
        }
        taken.keySet().forEach(c -> verdict(c.diagnoses()).group(group));
    }

    /** Requests of all. */
    public static long sum(Collection<Failed> failed) {
        return failed.stream().mapToLong(Failed::requests).sum();
    }
}
