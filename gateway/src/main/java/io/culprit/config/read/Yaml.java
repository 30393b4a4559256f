package io.culprit.config.read;

import io.culprit.config.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Turns a file into YAML nodes with their places, within bounds: hostile files get an answer, not our memory. */
final class Yaml {
    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_ALIASES = 50;

    private Yaml() {}

    /**
     * A file that was read.
     *
     * @param name as the user gave it
     * @param text the whole of it
     * @param root its root node
     */
    record Document(String name, String text, Node root) {}

    /** The document; empty when there is none or when the file is bad, which then is in {@code problems}. */
    static Optional<Document> read(Path path, String name, List<Problem> problems) {
        Optional<String> text;
        try {
            long size = Files.size(path);
            if (size > MAX_BYTES) {
                problems.add(new Problem(
                        name,
                        0,
                        0,
                        "the file has %d bytes, a configuration file may have %d".formatted(size, MAX_BYTES)));
                return Optional.empty();
            }
            text = decode(Files.readAllBytes(path), name, problems);
        } catch (IOException e) {
            problems.add(new Problem(name, 0, 0, "cannot be read: " + reason(e)));
            return Optional.empty();
        }
        return text.flatMap(t -> compose(t, name, problems).map(root -> new Document(name, t, root)));
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    private static Optional<String> decode(byte[] bytes, String name, List<Problem> problems) {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return Optional.of(decoder.decode(in).toString());
        } catch (CharacterCodingException e) {
            problems.add(new Problem(
                    name,
                    0,
                    0,
                    "byte 0x%02x at offset %d is not UTF-8".formatted(bytes[in.position()] & 0xff, in.position())));
            return Optional.empty();
        }
    }

    private static Optional<Node> compose(String text, String name, List<Problem> problems) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setUseMarks(true)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit((int) MAX_BYTES)
                .build();
        try {
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            String what = e.getProblem() == null || e.getProblem().isEmpty() ? e.getContext() : e.getProblem();
            problems.add(new Problem(
                    name,
                    mark.map(m -> m.getLine() + 1).orElse(0),
                    mark.map(m -> m.getColumn() + 1).orElse(0),
                    "not valid YAML: " + what));
        } catch (YamlEngineException e) {
            problems.add(new Problem(name, 0, 0, "not valid YAML: " + firstLine(String.valueOf(e.getMessage()))));
        } catch (StackOverflowError e) {
            problems.add(new Problem(name, 0, 0, "not valid YAML: nested too deeply"));
        }
        return Optional.empty();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
