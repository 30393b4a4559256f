/**
 * Responses compressed on their way to the client, as nginx's {@code gzip}: {@link io.culprit.compress.GzipResponse} stands
 * before the client's response, so that neither the relay nor files know of it.
 */
package io.culprit.compress;
