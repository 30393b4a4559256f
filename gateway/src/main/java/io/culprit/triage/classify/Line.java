package io.culprit.triage.classify;

import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.Stamp;

/**
 * A line without what its way into a file put before it.
 *
 * @param text what the program wrote; several physical lines where one record has them
 * @param tag what syslog or a container calls the program, possibly empty
 * @param host machine, pod or container, possibly empty
 * @param stamp time of the innermost prefix that has one
 * @param peeled whether there was any prefix
 */
public record Line(String text, String tag, String host, Stamp stamp, boolean peeled) {
    static Line of(String text) {
        return new Line(text, "", "", Stamp.NONE, false);
    }

    /** What a prefix says adds to what an outer one said. */
    Line inner(String rest, String innerTag, String innerHost, Stamp innerStamp) {
        return new Line(
                rest,
                innerTag.isEmpty() ? tag : innerTag,
                innerHost.isEmpty() ? host : innerHost,
                innerStamp.exists() && (innerStamp.clock() == Clock.ZONED || !stamp.exists()) ? innerStamp : stamp,
                true);
    }

    public char first() {
        return text.isEmpty() ? 0 : text.charAt(0);
    }
}
