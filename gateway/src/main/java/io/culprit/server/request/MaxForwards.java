package io.culprit.server.request;

import io.culprit.http.Grammar;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import io.culprit.reply.FailureReply;
import io.culprit.reply.OwnReply;
import io.culprit.reply.ReplyHead;

/**
 * How many more intermediaries an OPTIONS request may pass: the one that gets 0 answers itself, the others count down (RFC 9110
 * section 7.6.2; TRACE, the other method it is for, goes nowhere). Stateless.
 */
final class MaxForwards {
    /** No limit is given, or none that is a number. */
    static final long NONE = -1;

    private MaxForwards() {}

    /** What is left for the next one; 0 when this gateway is the last, {@link #NONE} for other methods. */
    static long of(RequestHead head) {
        if (!head.method().equals("OPTIONS")) {
            return NONE;
        }
        HeaderBlock headers = head.headers();
        int index = headers.indexOf(HeaderName.MAX_FORWARDS, 0);
        return index < 0
                ? NONE
                : Math.max(NONE, Grammar.parseLength(head.bytes(), headers.valueStart(index), headers.valueEnd(index)));
    }

    /** The gateway's own answer, to a request that may go no further. */
    static OwnReply last() {
        return new OwnReply(new ReplyHead(204).with("Allow", FailureReply.METHODS), new byte[0], false);
    }
}
