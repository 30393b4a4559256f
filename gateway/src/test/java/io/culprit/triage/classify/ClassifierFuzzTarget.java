package io.culprit.triage.classify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any bytes as a line. */
public final class ClassifierFuzzTarget {
    private static final LogClassifier CLASSIFIER = new LogClassifier();

    private ClassifierFuzzTarget() {}

    /** The lines of {@code lines.tsv}. */
    public static List<byte[]> seeds() throws IOException {
        return Lines.all().stream()
                .map(line -> line.text().getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    public static void fuzzerTestOneInput(byte[] input) {
        CLASSIFIER.classify(new String(input, StandardCharsets.ISO_8859_1));
    }
}
