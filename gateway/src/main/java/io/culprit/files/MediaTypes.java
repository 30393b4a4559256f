package io.culprit.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * Media types by file name, from mime-db, which gathers those of IANA, Apache and nginx. Read with the first file that is
 * served. Thread-safe.
 */
final class MediaTypes {
    private static final String UNKNOWN = "application/octet-stream";
    private static final String PACKAGE = "/META-INF/maven/org.webjars.npm/mime-db/pom.properties";

    /** Of two types for one extension the one a browser can show wins: mp4 is a video before it is an application. */
    private static final List<String> FAMILIES = List.of("video", "audio", "image", "font", "text", "application");

    private static final List<String> SOURCES = List.of("iana", "apache", "nginx");

    private record Entry(String type, int rank) {}

    private static final class Holder {
        private static final Map<String, String> ALL = read();
    }

    private MediaTypes() {}

    /** The Content-Type for a file of this name; text of no other known encoding is UTF-8. */
    static String of(String name) {
        int dot = name.lastIndexOf('.');
        return Holder.ALL.getOrDefault(dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT), UNKNOWN);
    }

    /** By their extension. */
    private static Map<String, String> read() {
        Map<String, Entry> best = new HashMap<>();
        try (InputStream in = MediaTypes.class.getResourceAsStream(
                        "/META-INF/resources/webjars/mime-db/" + version() + "/db.json");
                JsonParser json = new JsonFactory().createParser(in)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String type = json.currentName();
                json.nextToken();
                type(json, type, best);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> all = new HashMap<>();
        best.forEach((extension, entry) -> all.put(extension, withCharset(entry.type())));
        return all;
    }

    private static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = MediaTypes.class.getResourceAsStream(PACKAGE)) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private static void type(JsonParser json, String type, Map<String, Entry> best) throws IOException {
        String source = "";
        List<String> extensions = new java.util.ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            if (field.equals("source")) {
                source = json.getText();
            } else if (field.equals("extensions")) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    extensions.add(json.getText());
                }
            }
        }
        int rank = rank(type, source);
        for (String extension : extensions) {
            best.merge(extension, new Entry(type, rank), (a, b) -> a.rank() <= b.rank() ? a : b);
        }
    }

    private static int rank(String type, String source) {
        int bySource = SOURCES.indexOf(source);
        int byFamily = FAMILIES.indexOf(type.substring(0, type.indexOf('/')));
        return (bySource < 0 ? SOURCES.size() : bySource) * FAMILIES.size() + (byFamily < 0 ? 0 : byFamily);
    }

    /** XML says its encoding itself, and JSON has only one (RFC 8259 section 8.1). */
    private static String withCharset(String type) {
        return type.startsWith("text/") && !type.endsWith("xml") ? type + "; charset=utf-8" : type;
    }
}
