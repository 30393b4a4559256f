package io.culprit.server.opening;

import io.culprit.config.Network;
import io.culprit.failure.Cause;
import io.culprit.failure.Text;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.request.Services;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;

/**
 * A connection that begins with the PROXY protocol's preamble, which names the client that a load balancer stands in for. Only
 * trusted proxies may send one. Owned by one IO thread.
 */
public final class ProxyPreamble extends Opening {
    private static final String PROTOCOL = "PROXY";

    private final Function<ClientTransport, ClientConnection> next;

    /**
     * {@link #start} is to be called next, on its IO thread.
     *
     * @param next who goes on, with the addresses that the preamble names
     */
    public ProxyPreamble(
            Services services, ClientTransport transport, Function<ClientTransport, ClientConnection> next) {
        super(services, transport);
        this.next = next;
    }

    @Override
    void look(ByteBuffer soFar) {
        if (!Network.anyContains(
                services().config().trustedProxies(), transport().peer().getAddress())) {
            refuse(
                    Cause.CLIENT_PROXY_UNTRUSTED,
                    PROTOCOL,
                    transport().peer().getAddress().getHostAddress() + " is not among trusted_proxies");
            return;
        }
        Optional<ProxyHeader> header;
        try {
            header = ProxyHeader.read(soFar, soFar.position());
        } catch (ProxyHeader.BrokenException e) {
            refuse(
                    e.missing() ? Cause.CLIENT_PROXY_MISSING : Cause.CLIENT_PROXY_MALFORMED,
                    PROTOCOL,
                    String.valueOf(e.getMessage()));
            return;
        }
        if (header.isPresent()) {
            ByteBuffer rest = rest(header.get().length());
            goOn(next.apply(header.get()
                    .addresses()
                    .map(each -> transport()
                            .between(
                                    loop(),
                                    each.source(),
                                    each.destination(),
                                    services().config().trustedProxies()))
                    .orElse(transport())
                    .with(rest)));
        }
    }

    @Override
    void ended(int bytes) {
        refuse(
                Cause.CLIENT_PROXY_MALFORMED,
                PROTOCOL,
                "the connection ended within the preamble, %d bytes had come".formatted(bytes));
    }

    @Override
    void late(int bytes) {
        refuse(
                Cause.CLIENT_PROXY_TIMEOUT,
                PROTOCOL,
                "the preamble was not complete within limits.head_timeout of %s, %d bytes had come"
                        .formatted(
                                Text.duration(services()
                                        .config()
                                        .limits()
                                        .headTimeout()
                                        .toNanos()),
                                bytes));
    }
}
