package io.culprit.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which answers are compressed. Immutable.
 *
 * @param types media types in lower case, {@code text/*} for all of a kind
 * @param least bytes an answer must have, where its length is known
 * @param level of zlib, 1 to 9
 */
public record CompressionConfig(Set<String> types, long least, int level) {
    /** What gains by it, on most sites. */
    public static final List<String> USUAL = List.of(
            "text/html",
            "text/css",
            "text/plain",
            "text/xml",
            "text/javascript",
            "application/javascript",
            "application/json",
            "application/manifest+json",
            "application/xml",
            "application/rss+xml",
            "application/atom+xml",
            "image/svg+xml",
            "application/wasm");

    /** Whether answers of a type are. */
    public boolean has(String contentType) {
        int semicolon = contentType.indexOf(';');
        String type = (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
        int slash = type.indexOf('/');
        return types.contains(type) || slash > 0 && types.contains(type.substring(0, slash) + "/*");
    }
}
