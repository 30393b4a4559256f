package io.culprit.triage.lint;

import io.culprit.triage.lint.Flaw.Edit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The changes of flaws as a unified diff, to be applied with {@code patch -p0}. Changes nothing itself. */
public final class Diff {
    private static final int CONTEXT = 3;

    private Diff() {}

    /**
     * The diff, empty where no flaw has a change.
     *
     * @throws IOException when a file cannot be read any more
     */
    public static String of(List<Flaw> flaws) throws IOException {
        Map<Path, TreeMap<Integer, String>> edits = new TreeMap<>();
        for (Flaw flaw : flaws) {
            flaw.edit()
                    .filter(Diff::isWhole)
                    .ifPresent(e -> edits.computeIfAbsent(e.file(), f -> new TreeMap<>())
                            .putIfAbsent(e.line(), e.text()));
        }
        StringBuilder diff = new StringBuilder();
        for (Map.Entry<Path, TreeMap<Integer, String>> each : edits.entrySet()) {
            file(each.getKey(), each.getValue(), diff);
        }
        return diff.toString();
    }

    /** Whether the line holds nothing but what is replaced: a second directive on it would be lost. */
    private static boolean isWhole(Edit edit) {
        try {
            List<String> lines = Files.readAllLines(edit.file(), StandardCharsets.ISO_8859_1);
            String line = edit.line() <= lines.size()
                    ? lines.get(edit.line() - 1).replaceFirst("\\s#.*", "").strip()
                    : "";
            String name = edit.text().split("[\\s(=]", 2)[0];
            return line.startsWith(name) && signs(line) == signs(edit.text());
        } catch (IOException e) {
            return false;
        }
    }

    /** Semicolons and braces. */
    private static long signs(String text) {
        return text.chars().filter(c -> c == ';' || c == '{' || c == '}').count();
    }

    private static void file(Path file, TreeMap<Integer, String> edits, StringBuilder diff) throws IOException {
        List<String> lines =
                List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1));
        diff.append("--- ")
                .append(file)
                .append('\n')
                .append("+++ ")
                .append(file)
                .append('\n');
        List<Integer> left = new ArrayList<>(edits.keySet());
        while (!left.isEmpty()) {
            List<Integer> hunk = new ArrayList<>();
            hunk.add(left.remove(0));
            while (!left.isEmpty() && left.get(0) - hunk.get(hunk.size() - 1) <= 2 * CONTEXT) {
                hunk.add(left.remove(0));
            }
            hunk(lines, hunk, edits, diff);
        }
    }

    private static void hunk(
            List<String> lines, List<Integer> changed, Map<Integer, String> edits, StringBuilder diff) {
        int last = lines.size() - (lines.get(lines.size() - 1).isEmpty() ? 1 : 0);
        int from = Math.max(1, changed.get(0) - CONTEXT);
        int to = Math.min(last, changed.get(changed.size() - 1) + CONTEXT);
        int length = to - from + 1;
        diff.append("@@ -%d,%d +%d,%d @@%n".formatted(from, length, from, length));
        for (int i = from; i <= to; i++) {
            String line = lines.get(i - 1);
            if (!changed.contains(i)) {
                diff.append(' ').append(line).append('\n');
                continue;
            }
            int indent = 0;
            while (indent < line.length() && (line.charAt(indent) == ' ' || line.charAt(indent) == '\t')) {
                indent++;
            }
            diff.append('-').append(line).append('\n');
            diff.append('+').append(line, 0, indent).append(edits.get(i)).append(line.endsWith("\r") ? "\r\n" : "\n");
        }
    }
}
