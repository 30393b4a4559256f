/**
 * Certificates and keys as they lie in files, for both sides of the gateway. Knows neither clients nor upstreams. Where to
 * start: {@link io.culprit.tls.Pem}.
 */
package io.culprit.tls;
