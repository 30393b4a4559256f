/**
 * What an upstream is asked: a request in its upstream's protocol, with its body. Where to start: {@link
 * io.culprit.upstream.request.UpstreamRequest}.
 */
package io.culprit.upstream.request;
