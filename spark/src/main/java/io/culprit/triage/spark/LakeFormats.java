package io.culprit.triage.spark;

import io.culprit.triage.ConfiguredFormats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** The formats of access logs that configurations of nginx in the lake define. They are small, and read by the driver, one by one. */
final class LakeFormats {
    private LakeFormats() {}

    /**
     * Each once.
     *
     * @param configurations names of the files; what they include is looked for nowhere else
     * @param problems told what cannot be read
     */
    static List<String> of(List<String> configurations, List<String> problems) {
        List<String> formats = new ArrayList<>();
        for (String each : configurations) {
            try {
                read(each, problems).stream().filter(f -> !formats.contains(f)).forEach(formats::add);
            } catch (IOException e) {
                problems.add(each + ": " + e.getMessage());
            }
        }
        return formats;
    }

    private static List<String> read(String name, List<String> problems) throws IOException {
        Path path = new Path(name);
        java.nio.file.Path folder = Files.createTempDirectory("culprit");
        java.nio.file.Path copy = folder.resolve(path.getName());
        try {
            try (InputStream in =
                    path.getFileSystem(HadoopSource.configuration()).open(path)) {
                Files.copy(in, copy);
            }
            List<String> found = new ArrayList<>();
            List<String> formats = ConfiguredFormats.of(copy, found);
            found.forEach(problem -> problems.add(problem.replace(copy.toString(), name)));
            return formats;
        } finally {
            Files.deleteIfExists(copy);
            Files.delete(folder);
        }
    }
}
