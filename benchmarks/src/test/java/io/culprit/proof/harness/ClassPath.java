package io.culprit.proof.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** The classes under test for a process of its own. */
public final class ClassPath {
    private ClassPath() {}

    /**
     * With folders packed into jars below {@code directory}, as culprit is deployed: a jar stays open, a folder needs a file
     * descriptor for every class.
     */
    public static String asJars(Path directory) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path folder = Path.of(entry);
            if (!Files.isDirectory(folder)) {
                entries.add(entry);
                continue;
            }
            Path jar = Files.createTempFile(directory, "classes", ".jar");
            try (var out = new JarOutputStream(Files.newOutputStream(jar));
                    var files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                    Files.copy(file, out);
                }
            }
            entries.add(jar.toString());
        }
        return String.join(":", entries);
    }
}
