package io.culprit.config;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Where a configuration came from, so that what runs can be compared with what the files say now. Immutable.
 *
 * @param path the main file
 * @param environment for {@code ${VAR}}
 * @param files all files in the order they were read, secrets masked
 * @param fingerprint of all files
 * @param loadedAt when they were read
 */
public record ConfigSource(
        Path path, Map<String, String> environment, List<File> files, Fingerprint fingerprint, Instant loadedAt) {

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

    static ConfigSource of(Path path, Map<String, String> environment, List<Yaml.Document> documents) {
        return new ConfigSource(
                path,
                environment,
                documents.stream()
                        .map(d -> new File(d.name(), SecretMask.of(d.text(), d.root())))
                        .toList(),
                new Fingerprint(documents),
                Instant.now());
    }

    /** Reads the files anew, without putting them into force. */
    public Present present() {
        try {
            return new Present(
                    ConfigLoader.load(path, environment).source().fingerprint().hex(), List.of());
        } catch (ConfigException e) {
            return new Present("", e.problems());
        }
    }
}
