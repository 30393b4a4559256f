package io.culprit.upstream.request;

import io.culprit.http.RequestHead;

/** A request on its way up whose head is a client's, whichever protocol the upstream speaks. Owned by one IO thread. */
public abstract class HeadedRequest implements ClientRequest {
    /** The client's head. */
    protected final RequestHead head;

    private final String requestId;
    private int attempt = 1;
    private RequestBody body = RequestBody.NONE;
    private long bodyLength;

    /** @param requestId for ejections and logs */
    protected HeadedRequest(RequestHead head, String requestId) {
        this.head = head;
        this.requestId = requestId;
    }

    @Override
    public void body(RequestBody newBody, long length) {
        body = newBody;
        bodyLength = length;
    }

    /** Bytes of the body, or {@link #UNKNOWN}. */
    protected final long bodyLength() {
        return bodyLength;
    }

    @Override
    public final RequestBody body() {
        return body;
    }

    @Override
    public final String id() {
        return requestId;
    }

    @Override
    public final String method() {
        return head.method();
    }

    @Override
    public final void attempt(int number) {
        attempt = number;
    }

    /** Number of the attempt under way, from 1. */
    protected final int attempt() {
        return attempt;
    }
}
