package io.culprit.record.watch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The times in which no gateway of this name ran: nothing is known of them, and no outage is said to have lasted through them.
 * Filled by the journal's thread at a start, read by any.
 */
public final class Unobserved {
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();

    /**
     * @param fromMillis when the run before was seen last
     * @param toMillis when the next one began
     */
    public record Gap(long fromMillis, long toMillis) {}

    /** Takes the gaps between earlier runs and this one. */
    public void note(List<Gap> found) {
        gaps.addAll(found);
    }

    /** The gaps known, oldest first. */
    public List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /** Milliseconds between two moments in which nobody looked. */
    public long between(long fromMillis, long toMillis) {
        long sum = 0;
        for (Gap gap : gaps) {
            sum += Math.max(0, Math.min(toMillis, gap.toMillis()) - Math.max(fromMillis, gap.fromMillis()));
        }
        return sum;
    }

    /** Milliseconds between two moments in which somebody looked. */
    public long observed(long fromMillis, long toMillis) {
        return Math.max(0, toMillis - fromMillis - between(fromMillis, toMillis));
    }
}
