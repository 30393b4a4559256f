/**
 * One request, from its head to its outcome, whichever protocol it came by: routing, preparation, body, permit, upstream,
 * reply, record. Where to start: {@link io.culprit.server.request.HttpExchange}, which walks it, and {@link
 * io.culprit.server.clients.ClientExchange}, the client's protocol as it sees it.
 */
package io.culprit.server.request;
