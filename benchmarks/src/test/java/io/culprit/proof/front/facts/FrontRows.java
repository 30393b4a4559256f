package io.culprit.proof.front.facts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What was measured, for the rows that have scripts, and what may differ from it. */
final class FrontRows {
    static final List<String> PROGRAMS = List.of("nginx", "haproxy", "apache");

    /** A program's answers to a row that are not the same each time, or with each version of a library. */
    private record Variant(String id, String program, Pattern verdict) {}

    private static final int AGAIN = 3;

    private final Map<String, Map<String, String>> measured = new LinkedHashMap<>();
    private final List<Variant> variants;

    private FrontRows(List<Variant> variants) {
        this.variants = variants;
    }

    /** The lines of a fixture behind its head, in cells. */
    static List<String[]> table(String name) throws IOException {
        List<String[]> rows = lines(name);
        return rows.subList(1, rows.size());
    }

    private static List<String[]> lines(String name) throws IOException {
        try (var in = FrontRows.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t", -1))
                    .toList();
        }
    }

    /** Of each row a column of {@code front-cases.tsv}. */
    static Map<String, String> column(String name) throws IOException {
        List<String[]> rows = lines("front-cases.tsv");
        int index = List.of(rows.get(0)).indexOf(name);
        Map<String, String> column = new LinkedHashMap<>();
        rows.subList(1, rows.size()).forEach(row -> column.put(row[0], row[index]));
        return column;
    }

    static FrontRows of(List<FrontScript> scripts) throws IOException {
        FrontRows rows = new FrontRows(table("front-variants.tsv").stream()
                .map(row -> new Variant(row[0], row[1], Pattern.compile(row[2])))
                .toList());
        for (String program : PROGRAMS) {
            Map<String, String> column = column(program + "_client");
            for (FrontScript each : scripts) {
                rows.measured.computeIfAbsent(each.id(), id -> new LinkedHashMap<>());
                String said = column.getOrDefault(each.id(), "-");
                FrontVerdict.measured(said)
                        .map(verdict -> verdict
                                + each.until()
                                        .map(millis -> FrontVerdict.end(said, millis))
                                        .orElse(""))
                        .ifPresent(verdict -> rows.measured.get(each.id()).put(program, verdict));
            }
        }
        return rows;
    }

    /** What each program did, in words. */
    Map<String, String> measured(String id) {
        return measured.getOrDefault(id, Map.of());
    }

    /** What differs from the row, empty where nothing does. */
    private Optional<String> difference(String id, String program, String now) {
        String then = measured(id).get(program);
        if (then == null || then.equals(now) || varies(id, program, now)) {
            return Optional.empty();
        }
        return Optional.of("%s: measured %s, now %s".formatted(id, then, now));
    }

    /**
     * What differs from the rows, one line each. The programs themselves race here and there (some rows came out in two ways when they
     * were measured), and a loaded machine is slow: what differs is played again, by itself.
     *
     * @param scripts those that were played
     * @param now what came of each
     */
    String differences(String program, List<FrontScript> scripts, Map<String, String> now, FrontPlayer.Play again)
            throws Exception {
        List<String> differences = new ArrayList<>();
        for (FrontScript each : scripts) {
            Optional<String> differs = difference(each.id(), program, now.get(each.id()));
            for (int i = 0; i < AGAIN && differs.isPresent(); i++) {
                differs = difference(each.id(), program, again.of(each));
            }
            differs.ifPresent(differences::add);
        }
        return String.join("\n", differences);
    }

    private boolean varies(String id, String program, String now) {
        return variants.stream()
                .anyMatch(each -> each.id.equals(id)
                        && Set.of("*", program).contains(each.program)
                        && each.verdict.matcher(now).matches());
    }

    /** Whether one of the programs does this, or may. */
    boolean known(String id, String verdict) {
        return measured(id).containsValue(verdict)
                || measured(id).keySet().stream().anyMatch(program -> varies(id, program, verdict));
    }

    /** Culprit's verdicts that are nobody's, by row; each has its reason. */
    static Map<String, String> deviations() throws IOException {
        Map<String, String> deviations = new LinkedHashMap<>();
        for (String[] row : table("front-deviations.tsv")) {
            if (row.length != 3 || row[2].isBlank()) {
                throw new IllegalArgumentException("a deviation needs its reason: " + row[0]);
            }
            deviations.put(row[0], row[1]);
        }
        return deviations;
    }

    /** What is wrong with Culprit's verdict, empty where nothing is. */
    Optional<String> wrong(String id, String now, Optional<String> listed) {
        boolean known = known(id, now);
        if (listed.isPresent() ? !listed.get().equals(now) : !known) {
            return Optional.of(
                    "%s\t%s\t(they %s, listed %s)".formatted(id, now, measured(id), listed.orElse("nothing")));
        }
        return listed.isPresent() && known ? Optional.of(id + " is listed but does not deviate") : Optional.empty();
    }
}
