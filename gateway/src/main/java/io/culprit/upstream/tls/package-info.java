/**
 * TLS to upstreams: in comes a connected channel, out goes one that speaks plaintext, or a named failure. Where to start:
 * {@link io.culprit.upstream.tls.UpstreamHandshake}.
 */
package io.culprit.upstream.tls;
