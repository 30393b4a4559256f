package io.culprit.proof.tools;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a program's log says of what was just done to it, in the classifier's words. */
final class ToldByLog {
    private static final LogClassifier CLASSIFIER = new LogClassifier();
    private static final int LOOKS = 15;

    private final Path log;

    ToldByLog(Path log) {
        this.log = log;
    }

    /** What is done. */
    interface Deed {
        void run() throws Exception;
    }

    /**
     * The union of what the new lines prove, sorted and joined by {@code |}; {@code unknown} is left out where another line says more, and
     * {@code -} is nothing.
     */
    String told(Deed deed) throws Exception {
        long before = Files.exists(log) ? Files.size(log) : 0;
        deed.run();
        Set<String> ids = new LinkedHashSet<>();
        for (int i = 0; i < LOOKS && ids.isEmpty(); i++) {
            Thread.sleep(20); // that no line comes is an answer, too
            ids.addAll(read(before));
        }
        Thread.sleep(20);
        ids.addAll(read(before));
        if (ids.size() > 1) {
            ids.remove("unknown");
        }
        Set<String> all = new TreeSet<>();
        ids.forEach(id -> all.addAll(Arrays.asList(id.split("[|]"))));
        return all.isEmpty() ? "-" : String.join("|", all);
    }

    private Set<String> read(long from) throws IOException {
        Set<String> ids = new LinkedHashSet<>();
        for (String line : tail(from)) {
            CLASSIFIER
                    .classify(line)
                    .map(Finding::id)
                    .filter(id -> !id.equals("none"))
                    .ifPresent(ids::add);
        }
        return ids;
    }

    private List<String> tail(long from) throws IOException {
        if (!Files.exists(log)) {
            return List.of();
        }
        byte[] all = Files.readAllBytes(log);
        return new String(all, (int) from, all.length - (int) from, StandardCharsets.ISO_8859_1)
                .lines()
                .toList();
    }
}
