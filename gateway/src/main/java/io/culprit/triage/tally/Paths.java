package io.culprit.triage.tally;

/** What requests are counted by: the path without its query, save for what WordPress puts all its work behind. */
public final class Paths {
    private Paths() {}

    /** The path of a request's target. */
    public static String of(String target) {
        int query = target.indexOf('?');
        if (query < 0) {
            return target;
        }
        String path = target.substring(0, query);
        if (!path.endsWith("/admin-ajax.php")) {
            return path;
        }
        int action = target.indexOf("action=", query);
        if (action < 0) {
            return path;
        }
        int end = target.indexOf('&', action);
        return path + "?" + target.substring(action, end < 0 ? target.length() : end);
    }
}
