package io.culprit.upstream;

import io.culprit.config.Network;
import io.culprit.config.PeerAddress;
import io.culprit.config.UpstreamConfig.Server;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.dns.NameService;
import io.culprit.upstream.dns.NamedServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From the configured servers to peers: literal addresses and unix sockets stand for themselves, a name stands for all
 * its addresses. Thread-safe; readers get an immutable {@link PeerGroup}.
 */
public final class PeerDirectory {
    private final List<Server> servers;
    private final Map<Server, NamedServer> named = new LinkedHashMap<>();
    private final Map<String, Peer> known = new HashMap<>();
    private final int loops;
    private volatile PeerGroup group;

    /**
     * @param loops number of IO threads
     */
    PeerDirectory(List<Server> servers, NameService names, int loops) {
        this.servers = servers;
        this.loops = loops;
        for (Server server : servers) {
            PeerAddress address = server.address();
            if (!address.isUnix() && Network.literalAddress(address.host()).isEmpty()) {
                named.put(server, new NamedServer(names, address.host(), this::rebuild));
            }
        }
        rebuild();
    }

    /** The peers of this moment. */
    public PeerGroup group() {
        return group;
    }

    /**
     * Sees to it that the names are resolved; starts a refresh where an answer grew old.
     *
     * @return true when the group can be used now; else {@code then} runs on the loop once it can
     */
    public boolean ready(IoLoop loop, Runnable then) {
        if (named.isEmpty()) {
            return true;
        }
        boolean all = true;
        for (NamedServer each : named.values()) {
            all &= each.refresh(() -> loop.execute(then));
        }
        return all || group.size() > 0;
    }

    /** True when there is a peer, or when every name has been answered and there is none. */
    boolean settled() {
        return group.size() > 0
                || named.values().stream().allMatch(each -> each.last().isPresent());
    }

    private synchronized void rebuild() {
        List<Peer> primaries = new ArrayList<>();
        List<Peer> backups = new ArrayList<>();
        Map<String, Peer> used = new HashMap<>();
        Map<String, Integer> labels = new HashMap<>();
        Optional<Failure> failure = Optional.empty();
        for (int i = 0; i < servers.size(); i++) {
            Server server = servers.get(i);
            NamedServer name = named.get(server);
            List<InetAddress> addresses = List.of();
            if (name != null) {
                Optional<NameService.Answer> answer = name.last();
                failure = failure.or(() -> answer.flatMap(NameService.Answer::failure));
                addresses = answer.map(NameService.Answer::addresses).orElse(List.of());
            }
            for (SocketAddress address : addresses(server.address(), name != null, addresses)) {
                String label = name == null ? server.address().toString() : label((InetSocketAddress) address);
                String key = label + " of server " + i;
                Peer peer = known.get(key);
                int same = labels.merge(label, 1, Integer::sum);
                String id = same == 1 ? label : label + " #" + same;
                peer = peer == null ? new Peer(label, id, address, server, loops) : peer;
                if (used.putIfAbsent(key, peer) != null) {
                    continue; // the name server gave one address twice
                }
                (server.backup() ? backups : primaries).add(peer);
            }
        }
        known.clear();
        known.putAll(used);
        group = new PeerGroup(List.copyOf(primaries), List.copyOf(backups), failure);
    }

    private static List<SocketAddress> addresses(PeerAddress configured, boolean named, List<InetAddress> resolved) {
        if (named) {
            return resolved.stream()
                    .map(a -> (SocketAddress) new InetSocketAddress(a, configured.port()))
                    .toList();
        }
        return List.of(literal(configured));
    }

    /**
     * The socket address of a unix socket or a literal IP address.
     *
     * @throws java.util.NoSuchElementException when it is a name
     */
    static SocketAddress literal(PeerAddress configured) {
        if (configured.isUnix()) {
            return UnixDomainSocketAddress.of(configured.socketPath());
        }
        try {
            byte[] literal = Network.literalAddress(configured.host()).orElseThrow();
            return new InetSocketAddress(InetAddress.getByAddress(literal), configured.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String label(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + address.getPort() : host + ":" + address.getPort();
    }
}
