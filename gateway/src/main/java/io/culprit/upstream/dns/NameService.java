package io.culprit.upstream.dns;

import io.culprit.config.GatewayConfig.Resolver;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;
import org.xbill.DNS.lookup.LookupFailedException;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import org.xbill.DNS.lookup.ServerFailedException;

/**
 * Names to addresses, asynchronously. {@code /etc/hosts} is asked first and read again when it changes; then the name
 * servers. IPv4 addresses come before IPv6 ones. Thread-safe; futures complete on the resolver's threads.
 */
public final class NameService {
    private static final Logger LOG = LoggerFactory.getLogger(NameService.class);

    /** How long a failure is believed before the name servers are asked again. */
    private static final Duration NEGATIVE = Duration.ofSeconds(1);

    private static final Duration HOSTS_TTL = Duration.ofSeconds(5);

    private final Resolver config;
    private final HostsFileParser hosts = new HostsFileParser();
    private LookupSession session;

    /**
     * What a name resolved to.
     *
     * @param addresses at least one when there is no failure
     * @param failure why there are none
     * @param ttl how long this holds
     */
    public record Answer(List<InetAddress> addresses, Optional<Failure> failure, Duration ttl) {}

    /** Asks the configured name servers, or the system's. */
    public NameService(Resolver config) {
        this.config = config;
    }

    /** Made for the first name: most configurations have none, and loading a resolver takes a while. */
    private synchronized LookupSession session() {
        if (session == null) {
            session = LookupSession.builder().resolver(resolver(config)).build();
        }
        return session;
    }

    private static ExtendedResolver resolver(Resolver config) {
        List<InetSocketAddress> servers =
                config.addresses().isEmpty() ? ResolverConfig.getCurrentConfig().servers() : config.addresses();
        var resolvers = new ArrayList<org.xbill.DNS.Resolver>();
        for (InetSocketAddress server : servers) {
            resolvers.add(new SimpleResolver(server));
        }
        ExtendedResolver all = new ExtendedResolver(resolvers);
        // Two rounds over the servers must fit the whole budget, so that a lost datagram is repeated.
        int tries = 2;
        all.setRetries(tries);
        all.setTimeout(config.timeout().dividedBy((long) tries * Math.max(1, servers.size())));
        return all;
    }

    /** Resolves a host name; never completes exceptionally. */
    public CompletableFuture<Answer> resolve(String host) {
        Name name;
        try {
            name = Name.fromString(host.endsWith(".") ? host : host + ".");
        } catch (TextParseException e) {
            return CompletableFuture.completedFuture(failed(Cause.DNS_NOT_FOUND, host, "the name is malformed", "-"));
        }
        Optional<InetAddress> local = fromHostsFile(name);
        if (local.isPresent()) {
            return CompletableFuture.completedFuture(new Answer(List.of(local.get()), Optional.empty(), HOSTS_TTL));
        }
        CompletableFuture<Answer> v4 = lookUp(name, host, Type.A);
        return v4.thenCompose(answer ->
                answer.failure().filter(f -> f.cause() != Cause.DNS_NOT_FOUND).isPresent()
                        ? CompletableFuture.completedFuture(answer)
                        : lookUp(name, host, Type.AAAA).thenApply(v6 -> merge(answer, v6)));
    }

    private static Answer merge(Answer v4, Answer v6) {
        if (v4.failure().isPresent()) {
            return v6.failure().isPresent() ? v4 : v6;
        }
        if (v6.failure().isPresent()) {
            return v4;
        }
        var all = new ArrayList<>(v4.addresses());
        all.addAll(v6.addresses());
        return new Answer(List.copyOf(all), Optional.empty(), v4.ttl().compareTo(v6.ttl()) < 0 ? v4.ttl() : v6.ttl());
    }

    private Optional<InetAddress> fromHostsFile(Name name) {
        try {
            Optional<InetAddress> v4 = hosts.getAddressForHost(name, Type.A);
            return v4.isPresent() ? v4 : hosts.getAddressForHost(name, Type.AAAA);
        } catch (java.io.IOException e) {
            LOG.warn("the hosts file cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private CompletableFuture<Answer> lookUp(Name name, String host, int type) {
        return session()
                .lookupAsync(name, type)
                .toCompletableFuture()
                .orTimeout(config.timeout().toMillis() + 200, TimeUnit.MILLISECONDS)
                .handle((result, error) -> error == null ? answer(result, host) : failure(error, host));
    }

    private Answer answer(LookupResult result, String host) {
        List<InetAddress> addresses = new ArrayList<>();
        long ttl = config.maxTtl().toSeconds();
        for (Record record : result.getRecords()) {
            ttl = Math.min(ttl, record.getTTL());
            if (record instanceof ARecord a) {
                addresses.add(plain(a.getAddress()));
            } else if (record instanceof AAAARecord aaaa) {
                addresses.add(plain(aaaa.getAddress()));
            }
        }
        return addresses.isEmpty()
                ? failed(Cause.DNS_NOT_FOUND, host, "the name has no address record", "NODATA")
                : new Answer(List.copyOf(addresses), Optional.empty(), Duration.ofSeconds(Math.max(1, ttl)));
    }

    private static InetAddress plain(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private Answer failure(Throwable error, String host) {
        Throwable root = error instanceof CompletionException ? error.getCause() : error;
        if (root instanceof NoSuchDomainException) {
            return failed(Cause.DNS_NOT_FOUND, host, "the name does not exist", "NXDOMAIN");
        }
        if (root instanceof NoSuchRRSetException) {
            return failed(Cause.DNS_NOT_FOUND, host, "the name has no address record", "NODATA");
        }
        if (root instanceof ServerFailedException) {
            return failed(Cause.DNS_FAILED, host, "the name server failed", "SERVFAIL");
        }
        for (Throwable t = root; t != null; t = t.getCause()) {
            String text = String.valueOf(t.getMessage());
            if (t instanceof TimeoutException || text.contains("Timed out") || text.contains("timed out")) {
                return failed(
                        Cause.DNS_TIMEOUT,
                        host,
                        "no name server answered within %s"
                                .formatted(Text.duration(config.timeout().toNanos())),
                        "-");
            }
        }
        String text = String.valueOf(root.getMessage());
        String rcode = text.contains("REFUSED")
                ? "REFUSED"
                : text.contains("FORMERR") ? "FORMERR" : text.contains("NOTIMP") ? "NOTIMP" : "-";
        String kind =
                root instanceof LookupFailedException ? "the name server refused to answer" : "the look-up failed";
        return failed(Cause.DNS_FAILED, host, "%s: %s".formatted(kind, text), rcode);
    }

    /** The answer for a look-up that itself went wrong. */
    static Answer broken(String host, Throwable error) {
        LOG.error("looking up {} failed inside the gateway", host, error);
        return failed(Cause.DNS_FAILED, host, "the look-up failed: " + error, "-");
    }

    private static Answer failed(Cause cause, String host, String what, String rcode) {
        Failure failure = new Failure(
                cause,
                "\"%s\": %s (rcode %s)".formatted(host, what, rcode),
                "",
                List.of(new Evidence("name", host), new Evidence("rcode", rcode)));
        return new Answer(List.of(), Optional.of(failure), NEGATIVE);
    }
}
