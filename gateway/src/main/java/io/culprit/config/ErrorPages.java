package io.culprit.config;

import java.util.Map;
import java.util.Optional;

/**
 * Pages of the operator's own in place of the gateway's, as nginx's {@code error_page}. Read with the configuration and
 * kept; immutable.
 *
 * @param byStatus templates by status
 * @param byClass templates by the status' first digit, 4 or 5, for those without one of their own
 */
public record ErrorPages(Map<Integer, String> byStatus, Map<Integer, String> byClass) {
    /** The gateway's own everywhere. */
    public static final ErrorPages NONE = new ErrorPages(Map.of(), Map.of());

    /** The template for a status, with {@code $status}, {@code $reason}, {@code $cause} and {@code $request_id} in it. */
    public Optional<String> template(int status) {
        String own = byStatus.get(status);
        return Optional.ofNullable(own != null ? own : byClass.get(status / 100));
    }
}
