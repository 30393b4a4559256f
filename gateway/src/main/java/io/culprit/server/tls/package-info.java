/**
 * TLS to clients: in comes a socket, out goes one whose conduits speak plaintext, or a named failure. Where to start: {@link
 * io.culprit.server.tls.TlsHandshake}, then {@link io.culprit.server.tls.TlsSource} and {@link
 * io.culprit.server.tls.TlsSink}, which are XNIO conduits below whatever reads and writes the requests.
 */
package io.culprit.server.tls;
