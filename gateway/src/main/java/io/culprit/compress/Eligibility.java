package io.culprit.compress;

import io.culprit.config.CompressionConfig;
import io.culprit.http.Field;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.ResponseHead;
import io.culprit.reply.ReplyHead;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which answers nginx would compress: 200, 403 and 404 of a listed type, not coded already, not a part (RFC 9110 section 8.4;
 * section 7.7 for {@code no-transform}). Immutable.
 */
record Eligibility(CompressionConfig config) {
    /** Whether an upstream's answer is one, and is not bound to the form it has. */
    boolean of(ResponseHead head, long bodyLength) {
        HeaderBlock headers = head.headers();
        return may(head.status(), headers.first(HeaderName.CONTENT_TYPE), bodyLength)
                && value(headers, "content-encoding").isEmpty()
                && value(headers, "content-range").isEmpty()
                && value(headers, "content-digest").isEmpty()
                && value(headers, "content-md5").isEmpty()
                && value(headers, "cache-control")
                        .filter(v -> v.toLowerCase(Locale.ROOT).contains("no-transform"))
                        .isEmpty();
    }

    /** Whether an answer of the gateway's own is one. */
    boolean of(ReplyHead head, long bodyLength) {
        List<Field> fields = head.fields();
        return may(head.status(), own(fields, "Content-Type").orElse(""), bodyLength)
                && own(fields, "Content-Encoding").isEmpty()
                && own(fields, "Content-Range").isEmpty();
    }

    private boolean may(int status, String contentType, long bodyLength) {
        return (status == 200 || status == 403 || status == 404)
                && (bodyLength < 0 || bodyLength >= config.least())
                && config.has(contentType);
    }

    /** All values of a field, joined by commas; empty when there is none. */
    static Optional<String> value(HeaderBlock headers, String lowerName) {
        StringBuilder found = null;
        for (int i = 0; i < headers.count(); i++) {
            if (headers.isNamed(i, lowerName)) {
                found = found == null ? new StringBuilder() : found.append(", ");
                found.append(headers.valueText(i));
            }
        }
        return Optional.ofNullable(found).map(StringBuilder::toString);
    }

    static Optional<String> own(List<Field> fields, String name) {
        return fields.stream()
                .filter(each -> each.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst();
    }
}
