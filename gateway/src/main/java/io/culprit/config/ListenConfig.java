package io.culprit.config;

import java.net.InetSocketAddress;

/**
 * One address the gateway accepts clients on.
 *
 * @param address resolved address; port 0 takes any free port
 */
public record ListenConfig(InetSocketAddress address) {}
