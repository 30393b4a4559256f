package io.culprit.triage.explain;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads this package's tables: a heading, then rows of cells separated by tabs; lines that begin with # say where it is from. */
public final class Table {
    private Table() {}

    /** The rows below the heading. */
    public static List<String[]> rows(Class<?> beside, String name) {
        List<String[]> rows = new ArrayList<>();
        try (InputStream in = beside.getResourceAsStream(name);
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            boolean heading = true;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                if (!heading) {
                    rows.add(line.split("\t", -1));
                }
                heading = false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    static Map<String, String> pairs(String name) {
        Map<String, String> pairs = new LinkedHashMap<>();
        rows(Table.class, name).forEach(row -> pairs.put(row[0], row[1]));
        return pairs;
    }
}
