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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SRVRecord;
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
public final class NameService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NameService.class);

    /** How long a failure is believed before the name servers are asked again. */
    private static final Duration NEGATIVE = Duration.ofSeconds(1);

    private static final Duration HOSTS_TTL = Duration.ofSeconds(5);

    /** How often dnsjava looks for questions that took too long; a second, its default, is longer than some budgets. */
    private static final String LOOKS_EVERY_MILLIS = "dnsjava.nio.selector_timeout";

    static {
        if (System.getProperty(LOOKS_EVERY_MILLIS) == null) {
            System.setProperty(LOOKS_EVERY_MILLIS, "100");
        }
    }

    private final Resolver config;
    private final HostsFileParser hosts = new HostsFileParser();
    private @Nullable LookupSession session;
    private @Nullable ScheduledThreadPoolExecutor timer;
    private boolean closed;

    /**
     * Where a server is.
     *
     * @param host the name it was found by
     * @param port 0 where the configuration says it
     * @param priority of its SRV record, 0 to 65535, the lowest is used first; 0 for others
     * @param weight of its SRV record, 0 to 65535; 1 for others
     */
    public record Endpoint(InetAddress address, String host, int port, int priority, int weight) {}

    /**
     * What a name resolved to.
     *
     * @param endpoints at least one when there is no failure
     * @param failure why there are none
     * @param ttl how long this holds
     */
    public record Answer(List<Endpoint> endpoints, Optional<Failure> failure, Duration ttl) {}

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

    /** Runs a task on the timer's thread, which the first call starts: with the first name, when the gateway starts. */
    synchronized void later(long millis, Runnable task) {
        if (closed) {
            return;
        }
        if (timer == null) {
            timer = new ScheduledThreadPoolExecutor(1, each -> {
                Thread thread = new Thread(each, "gateway-names");
                thread.setDaemon(true);
                return thread;
            });
        }
        timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    /** Asks for nothing by itself any more. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.shutdownNow();
        }
    }

    private static ExtendedResolver resolver(Resolver config) {
        List<InetSocketAddress> servers =
                config.addresses().isEmpty() ? ResolverConfig.getCurrentConfig().servers() : config.addresses();
        var resolvers = new ArrayList<org.xbill.DNS.Resolver>();
        // Two rounds must fit the whole budget: a lost datagram is repeated, a dead server passed over.
        // Each server has a limit of its own for that, the one of all is for the whole question.
        int tries = 2;
        Duration each = config.timeout().dividedBy((long) tries * Math.max(1, servers.size()));
        for (InetSocketAddress server : servers) {
            SimpleResolver one = new SimpleResolver(server);
            one.setTimeout(each);
            resolvers.add(one);
        }
        ExtendedResolver all = new ExtendedResolver(resolvers);
        all.setRetries(tries);
        all.setTimeout(config.timeout());
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
            return CompletableFuture.completedFuture(
                    new Answer(List.of(plain(local.get(), host)), Optional.empty(), HOSTS_TTL));
        }
        CompletableFuture<Answer> v4 = lookUp(name, host, Type.A);
        return v4.thenCompose(answer ->
                answer.failure().filter(f -> f.cause() != Cause.DNS_NOT_FOUND).isPresent()
                        ? CompletableFuture.completedFuture(answer)
                        : lookUp(name, host, Type.AAAA).thenApply(v6 -> merge(answer, v6)));
    }

    /**
     * Resolves a service by its SRV records and the addresses of their targets (RFC 2782); never completes exceptionally.
     *
     * @param service {@code _service._proto.name}
     */
    public CompletableFuture<Answer> resolveService(String service) {
        Name name;
        try {
            name = Name.fromString(service.endsWith(".") ? service : service + ".");
        } catch (TextParseException e) {
            return CompletableFuture.completedFuture(
                    failed(Cause.DNS_NOT_FOUND, service, "the name is malformed", "-"));
        }
        return session()
                .lookupAsync(name, Type.SRV)
                .toCompletableFuture()
                .orTimeout(config.timeout().toMillis() + 200, TimeUnit.MILLISECONDS)
                .handle((result, error) -> error == null
                        ? targets(result, service)
                        : CompletableFuture.completedFuture(failure(error, service)))
                .thenCompose(answer -> answer);
    }

    private CompletableFuture<Answer> targets(LookupResult result, String service) {
        long ttl = config.maxTtl().toSeconds();
        List<SRVRecord> records = new ArrayList<>();
        for (Record record : result.getRecords()) {
            ttl = Math.min(ttl, record.getTTL());
            if (record instanceof SRVRecord srv && !srv.getTarget().equals(Name.root)) {
                records.add(srv);
            }
        }
        if (records.isEmpty()) { // a target of "." says that the service is not to be had
            return CompletableFuture.completedFuture(
                    failed(Cause.DNS_NOT_FOUND, service, "the service has no server", "NODATA"));
        }
        Duration held = Duration.ofSeconds(Math.max(1, ttl));
        CompletableFuture<Answer> all =
                CompletableFuture.completedFuture(new Answer(List.of(), Optional.empty(), held));
        for (SRVRecord each : records) {
            all = all.thenCombine(resolve(each.getTarget().toString(true)), (sum, one) -> joined(sum, one, each));
        }
        return all.thenApply(
                sum -> sum.endpoints().isEmpty() ? sum : new Answer(sum.endpoints(), Optional.empty(), sum.ttl()));
    }

    /** A target without an address does not take the others away. */
    private static Answer joined(Answer sum, Answer target, SRVRecord by) {
        List<Endpoint> endpoints = new ArrayList<>(sum.endpoints());
        for (Endpoint each : target.endpoints()) {
            endpoints.add(new Endpoint(each.address(), each.host(), by.getPort(), by.getPriority(), by.getWeight()));
        }
        return new Answer(
                List.copyOf(endpoints),
                sum.failure().or(target::failure),
                target.ttl().compareTo(sum.ttl()) < 0 ? target.ttl() : sum.ttl());
    }

    private static Answer merge(Answer v4, Answer v6) {
        if (v4.failure().isPresent()) {
            return v6.failure().isPresent() ? v4 : v6;
        }
        if (v6.failure().isPresent()) {
            return v4;
        }
        var all = new ArrayList<>(v4.endpoints());
        all.addAll(v6.endpoints());
        return new Answer(List.copyOf(all), Optional.empty(), v4.ttl().compareTo(v6.ttl()) < 0 ? v4.ttl() : v6.ttl());
    }

    private Optional<InetAddress> fromHostsFile(Name name) {
        try {
            synchronized (hosts) { // whoever asks while another thread reads the file is told that it has no such name
                Optional<InetAddress> v4 = hosts.getAddressForHost(name, Type.A);
                return v4.isPresent() ? v4 : hosts.getAddressForHost(name, Type.AAAA);
            }
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
        List<Endpoint> addresses = new ArrayList<>();
        long ttl = config.maxTtl().toSeconds();
        for (Record record : result.getRecords()) {
            ttl = Math.min(ttl, record.getTTL());
            if (record instanceof ARecord a) {
                addresses.add(plain(a.getAddress(), host));
            } else if (record instanceof AAAARecord aaaa) {
                addresses.add(plain(aaaa.getAddress(), host));
            }
        }
        return addresses.isEmpty()
                ? failed(Cause.DNS_NOT_FOUND, host, "the name has no address record", "NODATA")
                : new Answer(List.copyOf(addresses), Optional.empty(), Duration.ofSeconds(Math.max(1, ttl)));
    }

    private static Endpoint plain(InetAddress address, String host) {
        try {
            return new Endpoint(InetAddress.getByAddress(address.getAddress()), host, 0, 0, 1);
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
        String text = String.valueOf(root == null ? null : root.getMessage());
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
