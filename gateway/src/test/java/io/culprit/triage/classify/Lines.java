package io.culprit.triage.classify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The lines of {@code lines.tsv}. */
record Lines(String id, String program, String text, String causes, String blame) {
    static List<Lines> all() throws IOException {
        List<Lines> all = new ArrayList<>();
        try (var in = Lines.class.getResourceAsStream("lines.tsv")) {
            for (String row : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] cells = row.split("\t", -1);
                if (!row.startsWith("#") && !cells[0].equals("id")) {
                    all.add(new Lines(cells[0], cells[1], unescaped(cells[2]), cells[3], cells[4]));
                }
            }
        }
        return all;
    }

    private static String unescaped(String s) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char kind = s.charAt(++i);
            switch (kind) {
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 'x' -> {
                    text.append((char) Integer.parseInt(s.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> text.append(kind);
            }
        }
        return text.toString();
    }
}
