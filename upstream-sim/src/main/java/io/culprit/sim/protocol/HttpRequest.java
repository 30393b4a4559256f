package io.culprit.sim.protocol;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A request as the simulator understood it. The simulator is no judge of requests: it reads what it can.
 *
 * @param target path and query as they came
 * @param headers by lower-case name; of several equal names the last counts
 * @param query decoded parameters of the target
 * @param bodyBytes bytes of body that were read before the answer began
 */
public record HttpRequest(
        String method,
        String target,
        String path,
        Map<String, String> headers,
        Map<String, String> query,
        long bodyBytes) {

    /** The target's query, without question mark, as it came. */
    public String queryString() {
        int question = target.indexOf('?');
        return question < 0 ? "" : target.substring(question + 1);
    }

    /** Whether a body follows the head. */
    public boolean hasBody() {
        return headers.containsKey("transfer-encoding")
                || !headers.getOrDefault("content-length", "0").equals("0");
    }

    /** A parameter from the query, or from a header {@code X-Sim-NAME}; empty when neither is there. */
    public String parameter(String name) {
        String value = query.get(name);
        return value != null ? value : headers.getOrDefault("x-sim-" + name.toLowerCase(Locale.ROOT), "");
    }

    public boolean keepAlive() {
        return !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
    }

    static Map<String, String> parseQuery(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                parameters.put(decode(name), decode(value));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // a broken escape stands for itself
        }
    }
}
