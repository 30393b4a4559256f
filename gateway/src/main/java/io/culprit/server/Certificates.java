package io.culprit.server;

import io.culprit.failure.Event;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import io.culprit.server.tls.ServerTls;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.RenewableTls;
import io.culprit.upstream.tls.PeerTls;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the certificates of all listeners and upstreams: files that changed are read anew once a minute, a bad new file keeps the old
 * certificate and is told once, and how long each is valid is a metric and an event. Thread-safe.
 */
final class Certificates implements MetricSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    /** Days before a certificate's end at which somebody should be told. */
    private static final long SOON_DAYS = 14;

    private final Supplier<Map<String, ServerTls>> listeners;
    private final Supplier<Map<String, PeerTls>> upstreams;
    private final Event.Sink events;
    private final Map<String, String> told = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "gateway-certificates");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param listeners by address
     * @param upstreams by name
     */
    Certificates(
            Supplier<Map<String, ServerTls>> listeners, Supplier<Map<String, PeerTls>> upstreams, Event.Sink events) {
        this.listeners = listeners;
        this.upstreams = upstreams;
        this.events = events;
    }

    void start() {
        if (!listeners.get().isEmpty()) {
            listeners.get().forEach((address, tls) -> LOG.info("TLS on {} by {}", address, tls.library()));
        }
        timer.scheduleWithFixedDelay(this::look, 0, 60, TimeUnit.SECONDS);
    }

    /** All TLS there is, to clients and to upstreams, by whose it is. */
    private Map<String, RenewableTls> all() {
        Map<String, RenewableTls> all = new LinkedHashMap<>(listeners.get());
        upstreams.get().forEach((name, tls) -> all.put("upstream " + name, tls));
        return all;
    }

    /** Reads what has changed; done once a minute. */
    void look() {
        all().forEach((whose, tls) -> {
            if (tls.filesChanged()) {
                reload(whose, tls);
            }
            tls.certificates().forEach(each -> expiry(whose, each));
        });
    }

    private void reload(String address, RenewableTls tls) {
        try {
            tls.reload();
            told.remove(address);
            LOG.info("the certificates of {} were read anew", address);
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).equals(told.put(address, String.valueOf(e.getMessage())))) {
                LOG.error("the certificates of {} cannot be read anew, the old ones stay: {}", address, e.getMessage());
            }
        }
    }

    private void expiry(String address, CertificateChain chain) {
        long days = chain.daysLeft(Instant.now());
        String key = address + " " + String.join(",", chain.names());
        if (days >= SOON_DAYS) {
            if (told.remove(key) != null) {
                events.happened(
                        Event.now(Event.Kind.CERTIFICATE_RENEWED, "", key, "it is valid for " + days + " more days"));
            }
        } else if (told.put(key, "soon") == null) {
            String what = days < 0
                    ? "the certificate has expired on "
                            + chain.leaf().getNotAfter().toInstant()
                    : "the certificate expires in " + days + " days";
            LOG.warn("{}: {}", key, what);
            events.happened(Event.now(Event.Kind.CERTIFICATE_EXPIRES, "", key, what));
        }
    }

    /** All that are shown to clients now, listener by listener. */
    List<ServedCertificate> served() {
        List<ServedCertificate> served = new ArrayList<>();
        listeners.get().forEach((address, tls) -> {
            for (CertificateChain each : tls.certificates()) {
                served.add(new ServedCertificate(
                        address,
                        each.names(),
                        each.leaf().getNotAfter().toInstant(),
                        each.daysLeft(Instant.now()),
                        tls.library(),
                        told.getOrDefault(address, "")));
            }
        });
        return served;
    }

    @Override
    public void collect(Samples samples) {
        all().forEach((address, tls) -> {
            for (CertificateChain each : tls.certificates()) {
                samples.add(
                        Metric.CERTIFICATE_EXPIRY,
                        each.leaf().getNotAfter().getTime() / 1000.0,
                        address,
                        each.names().isEmpty() ? "" : each.names().get(0));
            }
        });
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
