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
        String name, URI url, Duration every, Duration timeout, int lowestStatus, int highestStatus, String contains) {
    /** The URL as logs, pages and alerts show it: without the user and the query's values, among which tokens are. */
    public String shown() {
        String user = url.getRawUserInfo();
        String text = url.toString();
        String plain = user == null ? text : text.replace(user + "@", "");
        int query = plain.indexOf('?');
        return query < 0 ? plain : plain.substring(0, query) + "?...";
    }
}
