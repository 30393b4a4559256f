/**
 * The wire grammar of HTTP/1 and CGI heads and of chunks: in come bytes, out come heads that mean one thing only, or
 * a failure that names the byte. Strict where two readers could differ (RFC 9112 section 6.3). Where to start:
 * {@link io.culprit.http.HeadReader} and {@link io.culprit.http.Grammar}.
 */
package io.culprit.http;
