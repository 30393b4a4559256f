package io.culprit.reply;

import io.culprit.config.GatewayConfig.Expose;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;

/** The members this gateway adds to {@code Proxy-Status} (RFC 9209). Stateless. */
public final class ProxyStatus {
    private static final String NAME = "culprit";

    private ProxyStatus() {}

    /**
     * The member for a failure this gateway answers itself.
     *
     * @param nextHop peer of the last attempt, empty for none
     */
    public static String member(Failure failure, Expose expose, String nextHop) {
        var out = new StringBuilder(NAME);
        String token = failure.cause().errorToken();
        if (!token.isEmpty()) {
            out.append(";error=").append(token);
        }
        out.append(";cause=").append(quoted(failure.cause().id()));
        for (Evidence each : failure.evidence()) {
            if (each.name().equals("rcode") && !each.value().equals("-")) {
                out.append(";rcode=").append(quoted(each.value()));
            }
        }
        if (expose == Expose.FULL) {
            if (!nextHop.isEmpty()) {
                out.append(";next-hop=").append(quoted(nextHop));
            }
            out.append(";details=").append(quoted(failure.detail()));
        }
        return out.toString();
    }

    /** The member for a 5xx of the upstream that is relayed. */
    public static String relayed(int status) {
        return NAME + ";received-status=" + status;
    }

    /** A structured-field String (RFC 8941 section 3.3.3): printable ASCII, quote and backslash escaped. */
    static String quoted(String text) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c >= ' ' && c < 127 ? c : '?');
            }
        }
        return out.append('"').toString();
    }
}
