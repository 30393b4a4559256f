/**
 * What speaks to gateways: in come connections over TCP or unix sockets, out go requests for faults or scripts, in
 * HTTP/1.1 or FastCGI. Where to start: {@link io.culprit.sim.protocol.Wire} and
 * {@link io.culprit.sim.protocol.Conversation}.
 */
package io.culprit.sim.protocol;
