/**
 * Listening sockets: from an address to accepted connections, each on the IO thread that will own it. Where to start:
 * {@link io.culprit.listen.ListenSocket}.
 */
package io.culprit.listen;
