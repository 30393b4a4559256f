package io.culprit.config.record;

import java.util.List;

/**
 * The access log: one line per request.
 *
 * @param path file name, {@code -} for standard output
 * @param format how a line looks
 * @param template the parts of a custom line, empty for the other formats
 */
public record AccessLogConfig(String path, Format format, List<TemplatePart> template) {
    /** The formats; their names in the file have hyphens for underscores. */
    public enum Format {
        /** One JSON object a line, everything that is known of the request. */
        JSON,
        /** The combined format of Apache and nginx. */
        COMBINED,
        /** Combined with nginx's {@code $upstream_*} variables. */
        NGINX_UPSTREAM,
        /** HAProxy's {@code option httplog}: timers and the four-character termination state. */
        HAPROXY,
        /** Envoy's default format: response flags and details. */
        ENVOY,
        /** {@code access_log.template}. */
        CUSTOM,
        OFF
    }

    /** Literal text or a variable. */
    public sealed interface TemplatePart {}

    /** Text that stands in the line as it is. */
    public record Literal(String text) implements TemplatePart {}

    /** A variable, written with {@code $name} or {@code ${name}}. */
    public record Variable(LogVariable variable) implements TemplatePart {}
}
