package io.culprit.upstream.request;

/** A client's request on its way to an upstream; its body is known only after its head. */
public interface ClientRequest extends UpstreamRequest {
    /** Body length of a body whose end is not known yet. */
    long UNKNOWN = -1;

    /**
     * The body to send; once, before the head is encoded.
     *
     * @param length bytes, or {@link #UNKNOWN} where {@link #takesUnknownLength}
     */
    void body(RequestBody body, long length);

    /** Whether a body may be sent while its length is still unknown. */
    boolean takesUnknownLength();
}
