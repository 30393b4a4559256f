package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.function.BiConsumer;

/** Routes that answer by themselves: {@code return}, and what stands in for a location that cannot be taken over. */
final class Answers {
    static final String FORBIDDEN = "{ status: 403, body: Forbidden }";
    static final String NOT_FOUND = "{ status: 404, body: Not Found }";

    private final StringBuilder text;
    private final BiConsumer<Directive, String> left;

    /**
     * @param text to which routes are added
     * @param left told what has no counterpart
     */
    Answers(StringBuilder text, BiConsumer<Directive, String> left) {
        this.text = text;
        this.left = left;
    }

    /** A route that answers by itself where another cannot be taken over. */
    void standIn(String match, String answer, String remark) {
        text.append("  - { match: ")
                .append(match)
                .append(", respond: ")
                .append(answer)
                .append(" }");
        text.append(remark.isEmpty() ? "" : "   # " + remark).append('\n');
    }

    /** What {@code return} says. */
    void of(Directive d, String match, Scope scope) {
        boolean bare = d.arg(0).matches("\\d{3}");
        int status = bare ? Integer.parseInt(d.arg(0)) : 302;
        String value = bare ? d.arg(1) : d.arg(0);
        if (status == 444) {
            left.accept(d, "closing without an answer has no counterpart: 403 stands in its place");
            standIn(match, FORBIDDEN, "");
        } else if (status >= 301 && status <= 308 && status != 304 && !value.isEmpty()) {
            String to = value.replace("$server_name", "$host");
            if (to.replaceAll("\\$(host|request_uri|uri|args|scheme)\\b", "").contains("$")) {
                left.accept(d, "a variable that redirects do not know");
                return;
            }
            String whole = to.startsWith("/") ? "$scheme://$host" + to : to;
            text.append("  - { match: ")
                    .append(match)
                    .append(", redirect: { to: ")
                    .append(Yaml.text(whole))
                    .append(", status: ")
                    .append(status)
                    .append(" } }\n");
        } else {
            if (value.contains("$")) {
                left.accept(d, "a text with variables: they stand in it as they are written");
            }
            String type = scope.find("default_type").map(t -> t.arg(0)).orElse("text/plain");
            boolean none = status == 204 || status == 304;
            text.append("  - { match: ")
                    .append(match)
                    .append(", respond: { status: ")
                    .append(status);
            text.append(
                            none
                                    ? ""
                                    : ", body: " + Yaml.text(value.isEmpty() ? "Status " + status : value)
                                            + ", content_type: " + Yaml.text(type))
                    .append(" } }\n");
        }
    }
}
