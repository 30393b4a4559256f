package io.culprit.config.read;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Values of a {@link Section} that are sent to other servers: URLs and header fields. They may hold secrets. */
final class WebValues {
    /** RFC 9110 section 5.6.2. */
    private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** Headers that belong to the connection. */
    private static final Set<String> OURS =
            Set.of("host", "connection", "content-length", "expect", "upgrade", "transfer-encoding");

    private WebValues() {}

    /** A http or https URL with a host; anything else, or nothing, is a problem. */
    static Optional<URI> url(Section section, String key) {
        Optional<String> text = section.text(key);
        if (text.isEmpty()) {
            section.problem(
                    section.node(), "\"" + section.name(key) + "\" is missing, such as https://example.org/path");
            return Optional.empty();
        }
        try {
            URI uri = new URI(text.get());
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException e) {
            // told below, without the text: it may hold a secret
        }
        section.problem(
                section.at(key),
                "\"" + section.name(key) + "\" must be a http or https URL, such as https://example.org/path");
        return Optional.empty();
    }

    /** Names and values of header fields. */
    static Map<String, String> headers(Section parent, String key) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (parent.has(key)) {
            Section section = parent.section(key);
            section.all().forEach((name, value) -> {
                if (!FIELD_NAME.matcher(name).matches()) {
                    section.problem(
                            section.keyNode(name), "\"" + Section.shown(name) + "\" is not the name of a header field");
                }
                if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
                    section.problem(section.keyNode(name), "\"" + name + "\" is set by the connection itself");
                }
                section.text(value, section.name(name)).ifPresent(text -> {
                    if (text.chars().anyMatch(c -> c < ' ' || c == 127)) {
                        section.problem(value, "\"" + section.name(name) + "\" has control characters");
                    }
                    headers.put(name, text);
                });
            });
        }
        return Collections.unmodifiableMap(headers);
    }
}
