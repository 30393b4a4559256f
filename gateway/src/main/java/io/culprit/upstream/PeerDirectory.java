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
 * its addresses, a service for those of its SRV records: the lowest priority is used first and all others are backups, weights
 * multiply. Thread-safe; readers get an immutable {@link PeerGroup}.
 */
public final class PeerDirectory {
    private final List<Server> servers;
    private final Map<Server, NamedServer> named = new LinkedHashMap<>();
    private final Map<String, Peer> known = new HashMap<>();
    private final int loops;
    private volatile PeerGroup group;
    private volatile Runnable gone = () -> {};

    /**
     * @param loops number of IO threads
     */
    PeerDirectory(List<Server> servers, NameService names, int loops) {
        this.servers = servers;
        this.loops = loops;
        for (Server server : servers) {
            PeerAddress address = server.address();
            if (!address.isUnix() && Network.literalAddress(address.host()).isEmpty()) {
                named.put(server, new NamedServer(names, address, this::rebuild));
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

    /** Names are no longer asked for: the upstream has been replaced or removed. Idempotent. */
    void close() {
        named.values().forEach(NamedServer::close);
    }

    /** True when there is a peer, or when every name has been answered and there is none. */
    boolean settled() {
        return group.size() > 0
                || named.values().stream().allMatch(each -> each.last().isPresent());
    }

    /**
     * Takes over the peers of an upstream that this one replaces, with their counters and ejections, where they are behind the
     * same server with the same limit.
     *
     * @param checked whether health checks go on: without any, nobody would take back what they said
     */
    synchronized void inherit(PeerDirectory other, boolean checked) {
        synchronized (other) {
            known.putAll(other.known);
        }
        rebuild();
        if (!checked) {
            group.all().forEach(Peer::checkedGood);
        }
    }

    /** @param gone told of peers that are no longer among them, on the thread that found out */
    void onGone(Runnable gone) {
        this.gone = gone;
    }

    private synchronized void rebuild() {
        Members members = new Members();
        Map<PeerAddress, Integer> lines = new HashMap<>();
        Optional<Failure> failure = Optional.empty();
        for (Server server : servers) {
            String line = server.address() + " line " + lines.merge(server.address(), 1, Integer::sum);
            NamedServer name = named.get(server);
            if (name == null) {
                SocketAddress address = literal(server.address());
                members.add(
                        line,
                        server.address().toString(),
                        address,
                        server.address().host(),
                        server,
                        server.weight(),
                        server.backup());
                continue;
            }
            Optional<NameService.Answer> answer = name.last();
            failure = failure.or(() -> answer.flatMap(NameService.Answer::failure));
            List<NameService.Endpoint> endpoints =
                    answer.map(NameService.Answer::endpoints).orElse(List.of());
            int first = endpoints.stream()
                    .mapToInt(NameService.Endpoint::priority)
                    .min()
                    .orElse(0);
            for (NameService.Endpoint each : endpoints) {
                int port = server.address().isService()
                        ? each.port()
                        : server.address().port();
                InetSocketAddress address = new InetSocketAddress(each.address(), port);
                members.add(
                        line,
                        label(address),
                        address,
                        each.host(),
                        server,
                        server.weight() * Math.max(1, each.weight()),
                        server.backup() || each.priority() > first);
            }
        }
        List<Peer> left = known.values().stream()
                .filter(each -> !members.used.containsValue(each))
                .toList();
        known.clear();
        known.putAll(members.used);
        group = new PeerGroup(List.copyOf(members.primaries), List.copyOf(members.backups), failure);
        left.forEach(Peer::leaveGroup);
        if (!left.isEmpty()) {
            gone.run();
        }
    }

    /** The peers that are found, those that were known before with their state. */
    private final class Members {
        private final List<Peer> primaries = new ArrayList<>();
        private final List<Peer> backups = new ArrayList<>();
        private final Map<String, Peer> used = new HashMap<>();
        private final Map<String, Integer> labels = new HashMap<>();

        void add(
                String line,
                String label,
                SocketAddress address,
                String host,
                Server server,
                int weight,
                boolean backup) {
            String key = label + " of " + line;
            if (used.containsKey(key)) {
                return; // the name server gave one address twice
            }
            int same = labels.merge(label, 1, Integer::sum);
            String id = same == 1 ? label : label + " #" + same;
            Peer peer = known.get(key);
            if (peer == null
                    || peer.maxConnections() != server.maxConnections()
                    || !peer.host().equals(host)) {
                peer = new Peer(label, id, address, host, server, loops);
            }
            peer.configure(id, server, weight, backup);
            used.put(key, peer);
            (backup ? backups : primaries).add(peer);
        }
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
