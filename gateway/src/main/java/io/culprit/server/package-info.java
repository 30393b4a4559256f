/**
 * The gateway's front: in come accepted connections, out goes one answer and one outcome for each request that was read.
 * {@link io.culprit.server.Gateway} wires the parts and owns the threads, {@link io.culprit.server.Frontend} the listeners.
 * Connections belong to their protocol's package ({@code http1}); each of their requests goes through {@code request}, behind
 * {@link io.culprit.server.clients.ClientExchange}, which does not tell the protocols apart.
 */
package io.culprit.server;
