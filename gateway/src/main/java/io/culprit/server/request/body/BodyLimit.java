package io.culprit.server.request.body;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.Limits;
import io.culprit.config.UpstreamConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;

/**
 * How large a request's body may be, and by which key of the configuration.
 *
 * @param key for the message
 */
public record BodyLimit(String key, long bytes) {
    /** The smaller of {@code limits.body} and what the site itself allows. */
    public static BodyLimit of(Limits limits, UpstreamConfig upstream) {
        long site = upstream.fastcgi().map(FastCgiConfig::maxBody).orElse(0L);
        return site > 0 && site < limits.body()
                ? new BodyLimit("fastcgi.max_body", site)
                : new BodyLimit("limits.body", limits.body());
    }

    public Failure exceeded() {
        return Failure.of(Cause.CLIENT_BODY_TOO_BIG, "the request body exceeds %s of %d bytes".formatted(key, bytes));
    }
}
