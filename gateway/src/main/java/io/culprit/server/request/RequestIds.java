package io.culprit.server.request;

import io.culprit.failure.Trace;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;

/** Request ids: 32 hexadecimal digits as nginx makes them, or what a trusted proxy gave if it can do no harm. */
final class RequestIds {
    private static final int LONGEST = 128;

    private RequestIds() {}

    /** The id of a request whose trace began here is the trace's, so that one search finds logs and spans. */
    static String of(RequestHead head, boolean trusted, Trace trace) {
        if (trusted) {
            String given = head.headers().first(HeaderName.X_REQUEST_ID);
            if (!given.isEmpty()
                    && given.length() <= LONGEST
                    && given.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\' && c != '<')) {
                return given;
            }
        }
        return trace.beganHere() ? trace.traceId() : Trace.begin(false).traceId();
    }
}
