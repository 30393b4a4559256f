package io.culprit.triage.classify.proxy;

import io.culprit.triage.classify.Program;
import org.jspecify.annotations.Nullable;

/**
 * What an access log says of one request, whatever its format; {@link AccessJudge} reads it. Texts are null where the format has
 * no such field, which is something else than a field without a value.
 */
public final class Access {
    Program program = Program.NGINX_ACCESS;
    int status = -1;
    long bytes = -1;
    String requestLine = "";
    String client = "";
    String site = "";
    /** Seconds, as logged. */
    @Nullable
    String requestTime;
    /** nginx's {@code $upstream_connect_time}: a list, {@code -} for what did not happen. */
    @Nullable
    String connectTime;

    @Nullable
    String headerTime;

    @Nullable
    String responseTime;

    @Nullable
    String upstreamStatus;

    @Nullable
    String upstreamAddress;
    /** Whether numbers follow that only Apache writes. */
    boolean apache;

    /** Whether there is any field about the upstream. */
    boolean knowsUpstream() {
        return upstreamStatus != null || upstreamAddress != null;
    }

    /** The last entry of one of nginx's lists, whose tries are separated by commas and groups by colons. */
    static String last(@Nullable String list) {
        if (list == null) {
            return "";
        }
        int comma = list.lastIndexOf(", ");
        int colon = list.lastIndexOf(" : ");
        int from = Math.max(comma < 0 ? 0 : comma + 2, colon < 0 ? 0 : colon + 3);
        return list.substring(from);
    }

    static int entries(String list) {
        int count = 1;
        for (int i = 0; i + 1 < list.length(); i++) {
            if (list.charAt(i) == ',' && list.charAt(i + 1) == ' ' || list.startsWith(" : ", i)) {
                count++;
            }
        }
        return count;
    }
}
