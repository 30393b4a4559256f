package io.culprit.dialect;

import java.util.Locale;

/** The gateways whose answers to a failure can be given; the order is that of {@code dialects.tsv}. */
public enum Dialect {
    NGINX,
    HAPROXY,
    ENVOY,
    APACHE,
    ALB,
    CLOUDFLARE,
    RFC9209;

    private final String id = name().toLowerCase(Locale.ROOT);

    /** The name used in the configuration. */
    public String id() {
        return id;
    }
}
