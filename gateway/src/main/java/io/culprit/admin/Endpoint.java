package io.culprit.admin;

import java.util.Arrays;
import java.util.Optional;

/**
 * Every path of the admin listener that is no file of the dashboard. What each answers is in {@code openapi.yaml}; a
 * test compares the two.
 */
enum Endpoint {
    HEALTH("GET", "/health"),
    READY("GET", "/ready"),
    METRICS("GET", "/metrics"),
    NOW("GET", "/api/now"),
    HISTORY("GET", "/api/history"),
    FAILURES("GET", "/api/failures"),
    FAILURE("GET", "/api/failures/{request_id}"),
    UPSTREAMS("GET", "/api/upstreams"),
    ROUTES("GET", "/api/routes"),
    CONFIGURATION("GET", "/api/configuration"),
    EVENTS("GET", "/api/events"),
    FLEET("GET", "/api/fleet"),
    FLEET_VIEW("GET", "/api/fleet/{view}"),
    LIVE("GET", "/api/live"),
    OPENAPI("GET", "/api/openapi.yaml"),
    RELOAD("POST", "/api/reload"),
    REOPEN_LOGS("POST", "/api/logs/reopen"),
    HAND_OVER("POST", "/api/handover");

    private final String method;
    private final String path;

    Endpoint(String method, String path) {
        this.method = method;
        this.path = path;
    }

    String method() {
        return method;
    }

    /** Its path; a last part in braces stands for any one part. */
    String path() {
        return path;
    }

    /** Whether it changes something, which needs the token even on loopback. */
    boolean writes() {
        return method.equals("POST");
    }

    /** The endpoint at a path, whatever the method. */
    static Optional<Endpoint> at(String path) {
        return Arrays.stream(values()).filter(e -> e.matches(path)).findFirst();
    }

    private boolean matches(String asked) {
        int brace = path.indexOf('{');
        return brace < 0
                ? path.equals(asked)
                : asked.startsWith(path.substring(0, brace)) && asked.length() > brace && asked.indexOf('/', brace) < 0;
    }

    /** What stands in the place of the braces. */
    String variable(String asked) {
        return asked.substring(path.indexOf('{'));
    }
}
