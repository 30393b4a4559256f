/**
 * HTTP/2's header compression (RFC 7541). Decoding checks what a peer may send wrong, each with its reason; encoding never
 * refers to the dynamic table, so that a header block means the same whenever it is sent. Where to start: {@link
 * io.culprit.http.hpack.HpackDecoder}.
 */
package io.culprit.http.hpack;
