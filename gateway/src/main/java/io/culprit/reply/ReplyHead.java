package io.culprit.reply;

import io.culprit.http.Field;
import java.util.ArrayList;
import java.util.List;

/** The head of a response that the gateway makes itself. How its length is told is the protocol's matter. Not thread-safe. */
public final class ReplyHead {
    private final int status;
    private final List<Field> fields = new ArrayList<>(8);

    /** A head with the fields that each of them has. */
    public ReplyHead(int status) {
        this.status = status;
        with("Server", "culprit");
        with("Date", HttpDate.now());
    }

    /** Adds a field. */
    public ReplyHead with(String name, String value) {
        fields.add(new Field(name, value));
        return this;
    }

    /** What a route removes from and adds to each of its responses. */
    public ReplyHead changed(HeadChanges changes) {
        fields.removeIf(field -> changes.removed().stream().anyMatch(field.name()::equalsIgnoreCase));
        fields.addAll(changes.added());
        return this;
    }

    /** The status, 100 to 599. */
    public int status() {
        return status;
    }

    /** The fields in their order. */
    public List<Field> fields() {
        return fields;
    }
}
