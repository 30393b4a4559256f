package io.culprit.files;

import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.reply.HttpDate;
import java.util.OptionalLong;

/** Whether a conditional request goes on, in the order of RFC 9110 section 13.2.2. Stateless. */
final class Preconditions {
    /** What the conditions come to. */
    enum Result {
        PROCEED,
        /** 304. */
        NOT_MODIFIED,
        /** 412. */
        FAILED
    }

    private Preconditions() {}

    /**
     * @param etag the file's strong entity tag, in quotes
     * @param modified when it was changed, in seconds since 1970
     */
    static Result of(HeaderBlock headers, String etag, long modified) {
        if (headers.has(HeaderName.IF_MATCH)) {
            if (!lists(headers, HeaderName.IF_MATCH, etag, true)) {
                return Result.FAILED;
            }
        } else {
            OptionalLong since = HttpDate.parse(headers.first(HeaderName.IF_UNMODIFIED_SINCE));
            if (since.isPresent() && modified > since.getAsLong()) {
                return Result.FAILED;
            }
        }
        if (headers.has(HeaderName.IF_NONE_MATCH)) {
            return lists(headers, HeaderName.IF_NONE_MATCH, etag, false) ? Result.NOT_MODIFIED : Result.PROCEED;
        }
        OptionalLong since = HttpDate.parse(headers.first(HeaderName.IF_MODIFIED_SINCE));
        return since.isPresent() && modified <= since.getAsLong() ? Result.NOT_MODIFIED : Result.PROCEED;
    }

    /** Whether a Range field counts: there is no If-Range, or it names this very state of the file (section 13.1.5). */
    static boolean rangeHolds(HeaderBlock headers, String etag, long modified) {
        if (!headers.has(HeaderName.IF_RANGE)) {
            return true;
        }
        String value = headers.first(HeaderName.IF_RANGE);
        if (value.startsWith("\"") || value.startsWith("W/")) {
            return value.equals(etag); // a weak one never holds here
        }
        OptionalLong date = HttpDate.parse(value);
        return date.isPresent() && date.getAsLong() == modified;
    }

    /** Whether the list names the tag, or is {@code *}; a comma within a tag's quotes does not end it. */
    private static boolean lists(HeaderBlock headers, HeaderName name, String etag, boolean strong) {
        for (int i = headers.indexOf(name, 0); i >= 0; i = headers.indexOf(name, i + 1)) {
            String value = headers.valueText(i);
            if (value.equals("*")) {
                return true;
            }
            int at = 0;
            while (at < value.length()) {
                int open = value.indexOf('"', at);
                int close = open < 0 ? -1 : value.indexOf('"', open + 1);
                if (close < 0) {
                    break;
                }
                boolean weak = open >= 2 && value.startsWith("W/", open - 2);
                if (!(weak && strong) && value.substring(open, close + 1).equals(etag)) {
                    return true;
                }
                at = close + 1;
            }
        }
        return false;
    }
}
