package io.culprit.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One block of a wire document: bytes in, what comes out. */
record WireFixture(String title, byte[] bytes, String expected) {
    static List<WireFixture> read(String document) {
        List<WireFixture> all = new ArrayList<>();
        String text;
        try (var in = WireFixture.class.getResourceAsStream(document)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String section : text.split("\n## ")) {
            int open = section.indexOf("```\n");
            if (open < 0) {
                continue;
            }
            int close = section.indexOf("\n```", open + 4);
            all.add(new WireFixture(
                    section.substring(0, section.indexOf('\n')),
                    unescape(section.substring(open + 4, close)),
                    section.substring(close + 4).trim()));
        }
        return all;
    }

    private static byte[] unescape(String text) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                continue;
            }
            if (c != '\\') {
                out.write(c);
                continue;
            }
            char kind = text.charAt(++i);
            switch (kind) {
                case 'r' -> out.write('\r');
                case 'n' -> out.write('\n');
                case 't' -> out.write('\t');
                case 'x' -> {
                    out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("escape \\" + kind);
            }
        }
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return title;
    }
}
