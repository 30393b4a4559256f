package io.culprit.config.read;

import io.culprit.config.ErrorPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code pages}: a status or a class of them, and the file with the page. */
final class ErrorPagesReader {
    private static final Pattern STATUS = Pattern.compile("[45][0-9][0-9]");
    private static final Pattern CLASS = Pattern.compile("[45]xx");

    /** Pages are kept in memory and sent in one piece. */
    private static final int MOST_BYTES = 256 * 1024;

    private ErrorPagesReader() {}

    static ErrorPages pages(Section top) {
        if (!top.has("pages")) {
            return ErrorPages.NONE;
        }
        Map<Integer, String> byStatus = new LinkedHashMap<>();
        Map<Integer, String> byClass = new LinkedHashMap<>();
        try (Section section = top.section("pages")) {
            section.all().forEach((key, node) -> {
                boolean one = STATUS.matcher(key).matches();
                if (!one && !CLASS.matcher(key).matches()) {
                    section.problem(
                            section.keyNode(key),
                            "\"%s\" is no status; one such as 502, or 4xx or 5xx was expected"
                                    .formatted(Section.shown(key)));
                    return;
                }
                Optional<String> page =
                        section.text(node, section.name(key)).flatMap(file -> read(section, node, file));
                page.ifPresent(text -> {
                    if (one) {
                        byStatus.put(Integer.valueOf(key), text);
                    } else {
                        byClass.put(key.charAt(0) - '0', text);
                    }
                });
            });
        }
        return new ErrorPages(Map.copyOf(byStatus), Map.copyOf(byClass));
    }

    private static Optional<String> read(Section section, Node at, String file) {
        Path page = Path.of(file);
        if (!Files.isRegularFile(page)) {
            section.here(at, file + (Files.exists(page) ? " is not a file" : " does not exist"));
            return Optional.empty();
        }
        try {
            if (Files.size(page) > MOST_BYTES) {
                section.problem(at, file + " has more than 256 KiB, which is what a page may have");
                return Optional.empty();
            }
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(page)))
                    .toString());
        } catch (CharacterCodingException e) {
            section.problem(at, file + " is not UTF-8");
        } catch (IOException e) {
            section.here(at, file + " cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }
}
