/**
 * Clients: in come accepted connections, out goes one answer and one outcome for each request that was read. A
 * connection reads heads, an exchange leads its request through preparation, permit, upstream and completion. Where
 * to start: {@link io.culprit.server.ClientConnection} and {@link io.culprit.server.HttpExchange}.
 */
package io.culprit.server;
