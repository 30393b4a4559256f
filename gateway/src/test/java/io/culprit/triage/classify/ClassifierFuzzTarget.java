package io.culprit.triage.classify;

import java.nio.charset.StandardCharsets;

/** Any bytes as a line. */
public final class ClassifierFuzzTarget {
    private static final LogClassifier CLASSIFIER = new LogClassifier();

    private ClassifierFuzzTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CLASSIFIER.classify(new String(input, StandardCharsets.ISO_8859_1));
    }
}
