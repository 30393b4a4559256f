/**
 * What a plain connection begins with before it carries requests: the PROXY protocol's preamble, and the choice between
 * HTTP/1.1 and HTTP/2. TLS has its own package. Where to start: {@link io.culprit.server.opening.Opening}.
 */
package io.culprit.server.opening;
