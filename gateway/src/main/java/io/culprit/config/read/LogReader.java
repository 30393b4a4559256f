package io.culprit.config.read;

import io.culprit.config.record.AccessLogConfig;
import io.culprit.config.record.AccessLogConfig.Format;
import io.culprit.config.record.AccessLogConfig.Literal;
import io.culprit.config.record.AccessLogConfig.TemplatePart;
import io.culprit.config.record.AccessLogConfig.Variable;
import io.culprit.config.record.ErrorLogConfig;
import io.culprit.config.record.LogVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code access_log} and {@code error_log}. */
final class LogReader {
    private static final Set<String> ERROR_LEVELS = Set.of("info", "warn", "error", "crit");

    /** A variable; a dollar sign that begins none is a mistake, {@code $$} stands for itself. */
    private static final Pattern DOLLAR = Pattern.compile("\\$(?:\\{([a-z0-9_]+)}|([a-z0-9_]+)|(\\$)|)");

    private LogReader() {}

    static AccessLogConfig access(Section top) {
        try (Section section = top.section("access_log")) {
            Format format = section.choice("format", Format.JSON, Format.class);
            List<TemplatePart> template = List.of();
            if (section.has("template")) {
                template = template(section, section.literal("template").orElse(""));
                if (format != Format.CUSTOM) {
                    section.problem(
                            section.keyNode("template"),
                            "\"%s\" needs \"%s: custom\"".formatted(section.name("template"), section.name("format")));
                }
            } else if (format == Format.CUSTOM) {
                section.problem(
                        section.at("format"),
                        "\"%s: custom\" needs \"%s\", such as '$remote_addr \"$request\" $status $cause'"
                                .formatted(section.name("format"), section.name("template")));
            }
            String path = path(section);
            return new AccessLogConfig(path, format, template);
        }
    }

    private static String path(Section section) {
        String path = section.text("path", "-");
        if (!path.equals("-")) {
            HereCheck.writable(section, section.at("path"), "path", path);
        }
        return path;
    }

    private static List<TemplatePart> template(Section section, String text) {
        List<TemplatePart> parts = new ArrayList<>();
        Matcher matcher = DOLLAR.matcher(text);
        int end = 0;
        while (matcher.find()) {
            literal(parts, text.substring(end, matcher.start()));
            end = matcher.end();
            if (matcher.group(3) != null) {
                literal(parts, "$");
                continue;
            }
            String name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            Optional<LogVariable> variable = Optional.ofNullable(name).flatMap(LogVariable::byId);
            if (variable.isEmpty()) {
                section.problem(
                        section.at("template"),
                        "\"%s\" has \"$%s\" at character %d, which is no variable%s"
                                .formatted(
                                        section.name("template"),
                                        name == null ? "" : name,
                                        matcher.start() + 1,
                                        name == null
                                                ? "; $$ stands for a dollar sign"
                                                : Suggestion.of(name, LogVariable.ids())));
            }
            variable.ifPresent(v -> parts.add(new Variable(v)));
        }
        literal(parts, text.substring(end));
        if (text.indexOf('\n') >= 0 || text.isBlank()) {
            section.problem(section.at("template"), "\"" + section.name("template") + "\" must be one line of text");
        }
        return List.copyOf(parts);
    }

    private static void literal(List<TemplatePart> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Literal(text));
        }
    }

    static ErrorLogConfig error(Section top) {
        try (Section section = top.section("error_log")) {
            return new ErrorLogConfig(path(section), section.oneOf("level", "error", ERROR_LEVELS));
        }
    }
}
