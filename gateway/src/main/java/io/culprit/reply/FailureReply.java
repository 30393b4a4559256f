package io.culprit.reply;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.culprit.config.ErrorPages;
import io.culprit.config.GatewayConfig.Expose;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The reply for a failure of which nothing was sent yet: status line, headers and a body in the form the client
 * prefers. Never cached, since it speaks of this moment only.
 */
public final class FailureReply {
    /** What {@code Allow} says where no resource knows better. */
    public static final String METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

    private static final JsonFactory JSON = new JsonFactory();

    /** Where values stand in a text body. */
    private static final String MARGIN = " ".repeat(12);

    private FailureReply() {}

    /** The three forms of the body. */
    enum Form {
        HTML("text/html; charset=utf-8"),
        PROBLEM("application/problem+json"),
        TEXT("text/plain; charset=utf-8");

        private final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }

        /** What {@code Accept} asks for; text when it says nothing definite, which suits a terminal. */
        static Form of(String accept) {
            String lower = accept.toLowerCase(Locale.ROOT);
            if (lower.contains("application/problem+json") || lower.contains("application/json")) {
                return PROBLEM;
            }
            return lower.contains("text/html") ? HTML : TEXT;
        }
    }

    /**
     * What a reply is made from.
     *
     * @param status decided by the dialect
     * @param pages the operator's own
     * @param accept the request's Accept, possibly empty
     * @param headRequest no body is sent, but its length is
     * @param retryAfterSeconds for a 503
     * @param nextHop peer of the last attempt, empty for none
     */
    public record Spec(
            Failure failure,
            int status,
            String requestId,
            Expose expose,
            ErrorPages pages,
            String accept,
            boolean headRequest,
            int retryAfterSeconds,
            String nextHop) {}

    /** The whole reply. */
    public static OwnReply of(Spec spec) {
        Form form = Form.of(spec.accept());
        Optional<String> page = form == Form.PROBLEM
                ? Optional.empty()
                : spec.pages().template(spec.status()).map(template -> filled(template, spec));
        if (page.isPresent()) {
            form = Form.HTML;
        }
        ReplyHead head = new ReplyHead(spec.status())
                .with("Content-Type", form.contentType)
                .with("Cache-Control", "no-store")
                .with("X-Request-Id", spec.requestId());
        if (spec.expose() != Expose.NONE) {
            head.with("Proxy-Status", ProxyStatus.member(spec.failure(), spec.expose(), spec.nextHop()));
        }
        if (spec.status() == 405) {
            head.with("Allow", allowed(spec.failure()));
        }
        String retryAfter = spec.failure().evidence().stream()
                .filter(each -> each.name().equals(Evidence.RETRY_AFTER))
                .map(Evidence::value)
                .findFirst()
                .orElse(spec.status() == 503 ? Integer.toString(spec.retryAfterSeconds()) : "");
        if (!retryAfter.isEmpty()) {
            head.with("Retry-After", retryAfter);
        }
        byte[] body = page.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
        return new OwnReply(head, body != null ? body : body(spec, form), spec.headRequest());
    }

    private static String filled(String template, Spec spec) {
        String cause =
                spec.expose() == Expose.NONE ? "" : spec.failure().cause().id();
        return ErrorPage.filled(template, spec.status(), cause, spec.requestId());
    }

    private static String allowed(Failure failure) {
        for (Evidence each : failure.evidence()) {
            if (each.name().equals(Evidence.ALLOW)) {
                return each.value();
            }
        }
        return METHODS;
    }

    private static byte[] body(Spec spec, Form form) {
        return switch (form) {
            case HTML -> html(spec).getBytes(StandardCharsets.UTF_8);
            case PROBLEM -> problem(spec);
            case TEXT -> text(spec).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static String text(Spec spec) {
        var out = new StringBuilder();
        out.append(spec.status())
                .append(' ')
                .append(StatusText.of(spec.status()))
                .append('\n');
        if (spec.expose() != Expose.NONE) {
            Failure failure = spec.failure();
            out.append("cause:      ").append(failure.cause().id()).append('\n');
            out.append("phase:      ").append(failure.cause().phase().id()).append('\n');
            out.append("blame:      ").append(failure.cause().blame().id()).append('\n');
            out.append("what:       ").append(failure.cause().summary()).append('\n');
            if (spec.expose() == Expose.FULL) {
                out.append("detail:     ").append(failure.detail()).append('\n');
                if (!spec.nextHop().isEmpty()) {
                    out.append("upstream:   ").append(spec.nextHop()).append('\n');
                }
                for (Evidence evidence : failure.evidence()) {
                    String label = evidence.name() + ": ";
                    out.append(label)
                            .append(" ".repeat(Math.max(0, MARGIN.length() - label.length())))
                            .append(evidence.value().replace("\n", "\n" + MARGIN))
                            .append('\n');
                }
                out.append("fix:        ").append(failure.cause().remedy()).append('\n');
            }
        }
        return out.append("request id: ").append(spec.requestId()).append('\n').toString();
    }

    private static String html(Spec spec) {
        String title = spec.status() + " " + StatusText.of(spec.status());
        var rows = new StringBuilder();
        if (spec.expose() != Expose.NONE) {
            Failure failure = spec.failure();
            row(rows, "Cause", failure.cause().id());
            row(rows, "Phase", failure.cause().phase().id());
            row(rows, "Blame", failure.cause().blame().id());
            if (spec.expose() == Expose.FULL) {
                row(rows, "Detail", failure.detail());
                row(rows, "Upstream", spec.nextHop());
                failure.evidence().forEach(e -> row(rows, e.name(), e.value()));
                row(rows, "Fix", failure.cause().remedy());
            }
        }
        row(rows, "Request id", spec.requestId());
        String lead = spec.expose() == Expose.NONE ? "" : spec.failure().cause().summary() + ".";
        return """
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>
                <style>
                body{font:16px/1.5 system-ui,sans-serif;margin:10vh auto;max-width:44rem;padding:0 1rem;color-scheme:light dark}
                h1{font-size:1.5rem} th{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top} td{overflow-wrap:anywhere}
                </style></head>
                <body><h1>%s</h1><p>%s</p><table>%s</table></body>
                </html>
                """.formatted(escape(title), escape(title), escape(lead), rows);
    }

    private static void row(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            out.append("<tr><th scope=\"row\">")
                    .append(escape(name))
                    .append("</th><td>")
                    .append(escape(value))
                    .append("</td></tr>");
        }
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static byte[] problem(Spec spec) {
        var bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("type", "about:blank");
            json.writeStringField("title", StatusText.of(spec.status()));
            json.writeNumberField("status", spec.status());
            if (spec.expose() != Expose.NONE) {
                Failure failure = spec.failure();
                json.writeStringField("cause", failure.cause().id());
                json.writeStringField("phase", failure.cause().phase().id());
                json.writeStringField("blame", failure.cause().blame().id());
                json.writeStringField(
                        "detail",
                        spec.expose() == Expose.FULL
                                ? failure.detail()
                                : failure.cause().summary());
                if (spec.expose() == Expose.FULL) {
                    json.writeStringField("upstream", spec.nextHop());
                    json.writeStringField("remedy", failure.cause().remedy());
                    json.writeObjectFieldStart("evidence");
                    for (Evidence evidence : failure.evidence()) {
                        json.writeStringField(evidence.name(), evidence.value());
                    }
                    json.writeEndObject();
                }
            }
            json.writeStringField("request_id", spec.requestId());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
