package io.culprit.record.journal.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A stretch of time covered by as few rows as can be: by the sums of days, of six hours, of hours and ten minutes that stand, by single minutes where
 * none does. Only PostgreSQL has sums. Immutable.
 */
public final class SummedTime {
    /** Minutes of the widest sums there are. */
    public static final int DAY = 1440;

    private static final List<Integer> WIDTHS = List.of(DAY, 360, 60, 10);
    private static final int MINUTE = 1;

    private record Stretch(long first, long last) {}

    private final Map<Integer, List<Stretch>> stretches;

    private SummedTime(Map<Integer, List<Stretch>> stretches) {
        this.stretches = stretches;
    }

    /**
     * @param first first minute, since the epoch
     * @param last last minute, not before the first
     * @param widest sums that cover more are left out
     * @param standing the sums that stand, by width: their first minutes
     */
    static SummedTime of(long first, long last, int widest, Map<Integer, Set<Long>> standing) {
        // Single minutes last: whoever wants both tables asks for sums before counts, see journal_day.
        Map<Integer, List<Stretch>> stretches = new TreeMap<>(Comparator.reverseOrder());
        if (standing.isEmpty()) {
            stretches.put(MINUTE, List.of(new Stretch(first, last)));
            return new SummedTime(stretches);
        }
        long at = first;
        while (at <= last) {
            long from = at;
            int width = WIDTHS.stream()
                    .filter(w -> w <= widest && from % w == 0 && from + w - 1 <= last)
                    .filter(w -> standing.getOrDefault(w, Set.of()).contains(from))
                    .findFirst()
                    .orElse(MINUTE);
            List<Stretch> of = stretches.computeIfAbsent(width, w -> new ArrayList<>());
            Stretch before = of.isEmpty() ? null : of.get(of.size() - 1);
            if (before != null && before.last + 1 == at) {
                of.set(of.size() - 1, new Stretch(before.first, at + width - 1));
            } else {
                of.add(new Stretch(at, at + width - 1));
            }
            at += width;
        }
        return new SummedTime(stretches);
    }

    /** Minutes of the widest sums none of which lies in two steps of so many minutes. */
    public static int widestWithin(int step) {
        return WIDTHS.stream().filter(w -> step % w == 0).findFirst().orElse(MINUTE);
    }

    /**
     * A table expression of that time: run, upstream, peer, cause, kind, first_minute, last_minute, n. A row lies within one
     * multiple of the widest width asked for.
     */
    public String table() {
        return stretches.entrySet().stream()
                .map(each -> each.getKey() == MINUTE
                        ? "SELECT run, upstream, peer, cause, kind, at_minute AS first_minute, at_minute AS last_minute, n FROM"
                                + " counts WHERE " + within(each.getValue())
                        : "SELECT run, upstream, peer, cause, kind, first_minute, last_minute, n FROM sums WHERE width = "
                                + each.getKey() + " AND " + within(each.getValue()))
                .collect(Collectors.joining(" UNION ALL ", "(", ") c"));
    }

    private static String within(List<Stretch> stretches) {
        return stretches.stream()
                .map(each -> "at_minute BETWEEN " + each.first + " AND " + each.last)
                .collect(Collectors.joining(" OR ", "(", ")"));
    }
}
