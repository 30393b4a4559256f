package io.culprit.config;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where a configuration came from, so that what runs can be compared with what the files say now. Immutable.
 *
 * @param files all files in the order they were read, secrets masked
 * @param settings what the files say, key by key
 * @param fingerprint of all files
 * @param loadedAt when they were read
 * @param reread reads them anew, without putting them into force
 */
public record ConfigSource(
        List<File> files, Settings settings, Fingerprint fingerprint, Instant loadedAt, Supplier<Present> reread) {

    /**
     * @param name as the user gave it
     * @param text its text with secrets masked; {@code ${VAR}} stays as it was written
     */
    public record File(String name, String text) {}

    /**
     * What the files say at this moment.
     *
     * @param hash their hash, empty when they have problems
     * @param problems what is wrong with them
     */
    public record Present(String hash, List<Problem> problems) {}

    /** Reads the files anew, without putting them into force. */
    public Present present() {
        return reread.get();
    }
}
