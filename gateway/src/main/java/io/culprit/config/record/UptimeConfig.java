package io.culprit.config.record;

import java.net.URI;
import java.time.Duration;

/**
 * A URL that is asked again and again from inside.
 *
 * @param name for pages, metrics and alerts
 * @param url {@code http} or {@code https}
 * @param every pause between two checks
 * @param timeout how long one may take
 * @param lowestStatus least status that is good
 * @param highestStatus greatest status that is good
 * @param contains text the body must have within its first 64 KiB, possibly empty
 */
public record UptimeConfig(
        String name, URI url, Duration every, Duration timeout, int lowestStatus, int highestStatus, String contains) {}
