package io.culprit.server.request;

import io.culprit.config.route.RouteAction;
import io.culprit.http.RequestHead;
import io.culprit.reply.OwnReply;
import io.culprit.reply.ReplyHead;
import java.nio.charset.StandardCharsets;

/** The answer of a route that asks no upstream. Stateless. */
final class ActionReply {
    private ActionReply() {}

    /** @param https whether the client used TLS */
    static OwnReply of(RouteAction action, RequestHead head, boolean https) {
        boolean headRequest = head.method().equals("HEAD");
        if (action instanceof RouteAction.Redirect redirect) {
            return new OwnReply(
                    new ReplyHead(redirect.status()).with("Location", filled(redirect.to(), head, https)),
                    new byte[0],
                    headRequest);
        }
        RouteAction.Respond respond = (RouteAction.Respond) action;
        ReplyHead reply = new ReplyHead(respond.status());
        byte[] body = respond.body().getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) {
            reply.with("Content-Type", respond.contentType());
        }
        return new OwnReply(reply, body, headRequest);
    }

    private static String filled(String template, RequestHead head, boolean https) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            int dollar = template.indexOf('$', at);
            if (dollar < 0) {
                out.append(template, at, template.length());
                break;
            }
            out.append(template, at, dollar);
            int end = dollar + 1;
            while (end < template.length() && isName(template.charAt(end))) {
                end++;
            }
            String value = value(template.substring(dollar + 1, end), head, https);
            out.append(out.isEmpty() ? withinHost(value) : value);
            at = end;
        }
        return out.toString();
    }

    /** A target that begins with the client's path must not name another host, as {@code //other.test} and {@code /\} would. */
    private static String withinHost(String value) {
        int slashes = 0;
        while (slashes < value.length() && (value.charAt(slashes) == '/' || value.charAt(slashes) == '\\')) {
            slashes++;
        }
        return slashes < 2 ? value : "/" + value.substring(slashes);
    }

    private static boolean isName(char c) {
        return c >= 'a' && c <= 'z' || c == '_';
    }

    /** Targets have no byte that a header may not have: the reader of heads has seen to that. */
    private static String value(String variable, RequestHead head, boolean https) {
        return switch (variable) {
            case "host" -> head.hostName();
            case "request_uri" -> whole(head);
            case "uri" -> head.path().isEmpty() ? "/" : head.path();
            case "args" -> query(head);
            case "scheme" -> https ? "https" : "http";
            default -> throw new IllegalStateException("$" + variable + " was not checked");
        };
    }

    /** Path and query, also of an absolute URL. */
    private static String whole(RequestHead head) {
        String text = new String(
                head.bytes(), head.pathStart(), head.targetEnd() - head.pathStart(), StandardCharsets.ISO_8859_1);
        return text.startsWith("/") ? text : "/" + text;
    }

    private static String query(RequestHead head) {
        int start = Math.min(head.pathEnd() + 1, head.targetEnd());
        return new String(head.bytes(), start, head.targetEnd() - start, StandardCharsets.ISO_8859_1);
    }
}
