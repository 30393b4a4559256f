package io.culprit.triage.conf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * Reads nginx's configuration with all it includes. Paths of includes are relative to the folder of the first file, as nginx has
 * it when that file is its main one.
 */
public final class NginxConf {
    private static final int DEEPEST = 32;
    private static final int MOST_FILES = 2_000;
    private static final long LONGEST = 8 << 20;

    private final Path folder;
    private final List<String> problems = new ArrayList<>();
    private int files;

    private NginxConf(Path folder) {
        this.folder = folder;
    }

    /**
     * A configuration.
     *
     * @param root a directive without a name that has all others as its block
     * @param problems includes that are not there
     */
    public record Parsed(Directive root, List<String> problems) {}

    /**
     * Reads a file.
     *
     * @throws ConfException when it is no configuration of nginx; names file, line and column
     * @throws IOException when it cannot be read
     */
    public static Parsed read(Path file) throws ConfException, IOException {
        Path parent = file.toAbsolutePath().getParent();
        NginxConf conf = new NginxConf(parent == null ? Path.of("/") : parent);
        List<Directive> all = conf.file(file, 0);
        return new Parsed(new Directive("", List.of(), all, true, file, 1), List.copyOf(conf.problems));
    }

    private List<Directive> file(Path file, int depth) throws ConfException, IOException {
        if (depth > DEEPEST || ++files > MOST_FILES) {
            throw new ConfException(file + ": includes are nested too deep, or are too many");
        }
        if (Files.size(file) > LONGEST) {
            throw new ConfException(file + ": larger than 8 MiB");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        NginxTokens tokens = new NginxTokens(file, text);
        List<Directive> all = block(tokens, file, depth, 0);
        return all;
    }

    private List<Directive> block(NginxTokens tokens, Path file, int depth, int level)
            throws ConfException, IOException {
        if (level > 64) {
            throw tokens.error("blocks are nested too deep");
        }
        List<Directive> all = new ArrayList<>();
        while (true) {
            String name = tokens.next();
            if (name == null || tokens.isClose()) {
                if ((name == null) != (level == 0)) {
                    throw tokens.error(level == 0 ? "a } without its {" : "the file ends within a block");
                }
                return all;
            }
            if (!tokens.isWord()) {
                throw tokens.error("unexpected \"" + name + "\"");
            }
            int line = tokens.line();
            int column = tokens.column();
            List<String> args = new ArrayList<>();
            String token = tokens.next();
            while (token != null && tokens.isWord()) {
                args.add(token);
                token = tokens.next();
            }
            if (token == null) {
                throw tokens.error("\"" + name + "\" has no end: a ; or { is missing");
            }
            if (tokens.isClose()) {
                throw tokens.error("\"" + name + "\" is not ended by ;");
            }
            if (tokens.isOpen()) {
                if (!BlockArguments.fit(name, args.size())) {
                    throw new ConfException(
                            file + ":" + line + ":" + column + ": invalid number of arguments in \"" + name + "\"");
                }
                boolean raw = name.endsWith("_by_lua_block");
                List<Directive> inner = List.of();
                if (raw) {
                    tokens.skipBlock();
                } else {
                    inner = block(tokens, file, depth, level + 1);
                }
                all.add(new Directive(name, List.copyOf(args), inner, true, file, line));
            } else if (name.equals("include") && args.size() == 1) {
                all.addAll(include(args.get(0), file, line, depth));
            } else {
                all.add(new Directive(name, List.copyOf(args), List.of(), false, file, line));
            }
        }
    }

    private List<Directive> include(String pattern, Path from, int line, int depth) throws ConfException, IOException {
        List<Directive> all = new ArrayList<>();
        Path path = folder.resolve(pattern);
        if (!isGlob(pattern)) {
            if (!Files.isRegularFile(path)) {
                problems.add(from + ":" + line + ": include " + pattern + ": there is no such file");
                return all;
            }
            return file(path, depth + 1);
        }
        Set<Path> found = new TreeSet<>(Set.of(path.getRoot()));
        for (Path part : path) {
            Set<Path> deeper = new TreeSet<>();
            for (Path each : found) {
                entries(each, part.toString(), deeper);
            }
            found = deeper; // nginx takes a pattern that matches nothing
        }
        for (Path each : found) {
            if (Files.isRegularFile(each)) {
                all.addAll(file(each, depth + 1));
            }
        }
        return all;
    }

    private static boolean isGlob(String name) {
        return name.matches(".*[*?\\[].*");
    }

    /** What matches a part of a path as glob(3) has it: braces are characters, and no wildcard stands for a leading dot. */
    private static void entries(Path folder, String part, Set<Path> found) throws IOException {
        if (!isGlob(part)) {
            found.add(folder.resolve(part));
            return;
        }
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, part.replaceAll("[{}]", "\\\\$0"))) {
            for (Path each : entries) {
                if (part.startsWith(".") || !each.getFileName().toString().startsWith(".")) {
                    found.add(each);
                }
            }
        } catch (PatternSyntaxException e) {
            return; // a [ without its ]: no file has such a name
        }
    }
}
