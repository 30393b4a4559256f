package io.culprit.failure;

import java.util.Optional;

/**
 * Something that happened to an upstream, a check or the gateway rather than to one request. Immutable.
 *
 * @param kind what
 * @param epochMillis when
 * @param upstream the upstream it happened to, empty where none is meant
 * @param subject the server, breaker or check it happened to
 * @param detail why, in plain words
 */
public record Event(Kind kind, long epochMillis, String upstream, String subject, String detail) {
    /** The kinds, each with the word that pages, journal and alerts use. */
    public enum Kind {
        GATEWAY_STARTED("gateway.started"),
        GATEWAY_STOPPED("gateway.stopped"),
        /** The run before ended without closing its journal. */
        GATEWAY_CRASHED("gateway.crashed"),
        PEER_EJECTED("peer.ejected"),
        PEER_RETURNED("peer.returned"),
        CHECK_FAILED("check.failed"),
        CHECK_RECOVERED("check.recovered"),
        BREAKER_OPENED("breaker.opened"),
        BREAKER_HALF_OPEN("breaker.half-open"),
        BREAKER_CLOSED("breaker.closed"),
        OUTAGE_STARTED("outage.started"),
        OUTAGE_ENDED("outage.ended"),
        UPTIME_FAILED("uptime.failed"),
        UPTIME_RECOVERED("uptime.recovered"),
        /** Nearly all connections that clients may have are in use, or memory is short: soon new ones wait. */
        CLIENTS_LIMITED("clients.limited"),
        CLIENTS_UNLIMITED("clients.unlimited"),
        /** A listener's certificate ends within two weeks. */
        CERTIFICATE_EXPIRES("certificate.expires"),
        CERTIFICATE_RENEWED("certificate.renewed"),
        /** Another configuration is in force. */
        CONFIG_RELOADED("config.reloaded"),
        /** The configuration was read again and cannot be used; the one before stays in force. */
        CONFIG_REFUSED("config.refused");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /** The stable word. */
        public String id() {
            return id;
        }

        /** What ends this, for what goes on until it does. */
        public Optional<Kind> end() {
            return switch (this) {
                case PEER_EJECTED -> Optional.of(PEER_RETURNED);
                case CHECK_FAILED -> Optional.of(CHECK_RECOVERED);
                case BREAKER_OPENED -> Optional.of(BREAKER_CLOSED);
                case OUTAGE_STARTED -> Optional.of(OUTAGE_ENDED);
                case CLIENTS_LIMITED -> Optional.of(CLIENTS_UNLIMITED);
                case UPTIME_FAILED -> Optional.of(UPTIME_RECOVERED);
                case CERTIFICATE_EXPIRES -> Optional.of(CERTIFICATE_RENEWED);
                case GATEWAY_STARTED,
                        GATEWAY_STOPPED,
                        GATEWAY_CRASHED,
                        PEER_RETURNED,
                        CHECK_RECOVERED,
                        BREAKER_HALF_OPEN,
                        BREAKER_CLOSED,
                        OUTAGE_ENDED,
                        UPTIME_RECOVERED,
                        CLIENTS_UNLIMITED,
                        CERTIFICATE_RENEWED,
                        CONFIG_RELOADED,
                        CONFIG_REFUSED -> Optional.empty();
            };
        }
    }

    /** An event of this moment. */
    public static Event now(Kind kind, String upstream, String subject, String detail) {
        return new Event(kind, System.currentTimeMillis(), upstream, subject, detail);
    }

    /** Takes events; must neither block nor throw, since IO threads call it. */
    @FunctionalInterface
    public interface Sink {
        /** Nobody listens. */
        Sink NONE = event -> {};

        void happened(Event event);
    }
}
