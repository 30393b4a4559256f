package io.culprit.reply;

import io.culprit.http.Field;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.ResponseHead;
import java.util.ArrayList;
import java.util.List;

/**
 * How a relayed response's head differs from what the upstream sent, beside what concerns one connection only. Immutable.
 *
 * @param removed names of fields that stay behind, in lower case
 * @param added fields that are put at the end
 */
public record HeadChanges(List<String> removed, List<Field> added) {
    /** A head as it came. */
    public static final HeadChanges NONE = new HeadChanges(List.of(), List.of());

    /** One more field at the end. */
    HeadChanges with(String name, String value) {
        List<Field> more = new ArrayList<>(added);
        more.add(new Field(name, value));
        return new HeadChanges(removed, more);
    }

    /**
     * Whether a field stays behind: it concerns the upstream's connection, speaks to the gateway, is told by the client's
     * protocol itself, or is to be removed.
     *
     * @param anyConnection whether the head has a Connection field at all
     */
    public boolean drops(ResponseHead head, HeaderName name, int index, boolean anyConnection) {
        return name == HeaderName.CONTENT_LENGTH
                || name.isForServer()
                || name.isHopByHop()
                || head.hides(name)
                || anyConnection && name != HeaderName.DATE && head.headers().isNamedInConnection(index)
                || !removed.isEmpty() && removes(head.headers(), index);
    }

    private boolean removes(HeaderBlock headers, int index) {
        for (String each : removed) {
            if (headers.isNamed(index, each)) {
                return true;
            }
        }
        return false;
    }

    /** Upper bound of what the added fields take as header lines, in bytes. */
    public int bound() {
        int size = 0;
        for (Field each : added) {
            size += each.name().length() + each.value().length() + 4;
        }
        return size;
    }
}
