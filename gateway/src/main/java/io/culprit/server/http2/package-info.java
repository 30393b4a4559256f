/**
 * HTTP/2 to clients (RFC 9113): in come frames, out go one answer and one outcome for each stream that was a request. Where to
 * start: {@link io.culprit.server.http2.Http2Connection} reads frames and keeps streams, {@link
 * io.culprit.server.http2.Http2Exchange} is one of them, {@link io.culprit.server.http2.FrameWriter} sends.
 */
package io.culprit.server.http2;
