package io.culprit.config;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One address the gateway accepts clients on.
 *
 * @param address resolved address; port 0 takes any free port
 * @param tls empty for plain connections
 * @param http2 whether clients may speak HTTP/2: by ALPN with TLS, by prior knowledge without
 * @param proxyProtocol whether connections begin with a PROXY protocol preamble
 */
public record ListenConfig(InetSocketAddress address, Optional<TlsConfig> tls, boolean http2, boolean proxyProtocol) {}
