package io.culprit.config;

import java.net.InetSocketAddress;

/**
 * The listener for operators.
 *
 * @param address where it listens; anything but loopback needs a token
 * @param token bearer token for everything that changes something; empty: such requests are refused
 */
public record AdminConfig(InetSocketAddress address, String token) {}
