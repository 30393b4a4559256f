/**
 * The clients' side as a request sees it, whichever protocol they speak: {@link io.culprit.server.clients.ClientExchange} for one
 * exchange, {@link io.culprit.server.clients.ClientConnection} and {@link io.culprit.server.clients.Clients} for connections and
 * how many there may be.
 */
package io.culprit.server.clients;
