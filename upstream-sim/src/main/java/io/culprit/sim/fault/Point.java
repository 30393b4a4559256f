package io.culprit.sim.fault;

/** Where in an exchange a fault strikes. */
public enum Point {
    /** Before the request was read. */
    ACCEPT,
    /** After the request was read, before anything was answered. */
    REQUEST,
    /** In the middle of the status line. */
    STATUS,
    /** In the middle of the response head. */
    HEAD,
    /** In the middle of the body. */
    BODY,
    /** Between two chunks of a chunked body. */
    CHUNK
}
