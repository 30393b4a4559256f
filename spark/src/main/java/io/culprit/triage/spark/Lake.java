package io.culprit.triage.spark;

import io.culprit.triage.read.LogFile;
import io.culprit.triage.read.LogFiles;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * The files to read and whose they are, those of one host together, rotated ones in order.
 *
 * @param files what is to be read
 * @param hosts whose each of them is
 * @param configurations nginx's files met on the way, which may define log formats
 * @param problems what cannot be read, each with its name and why
 */
record Lake(List<LogFile> files, List<String> hosts, List<String> configurations, List<String> problems) {
    private static final String CONFIGURATION = ".conf";

    /** Host of files that the expression does not match. */
    private static final String NO_HOST = "(other files)";

    /** Files opened in one task to see how they are packed. */
    private static final int FILES_A_TASK = 200;

    /** A file before it was looked at. */
    private record Found(String uri, String host, long size, long changedMillis) implements java.io.Serializable {
        /** Opens it, wherever this runs. */
        Object look() {
            try {
                return LogFile.of(new HadoopSource(uri, changedMillis), uri, size);
            } catch (IOException | RuntimeException e) {
                return uri + ": " + e.getMessage();
            }
        }
    }

    /**
     * Lists files, folders and patterns of them.
     *
     * @param by whose a file is: the expression's first group (or all of it) in the file's name; empty for the file's folder
     * @throws IOException when a file system does not answer
     */
    static Lake find(JavaSparkContext spark, List<String> arguments, String by) throws IOException {
        Configuration configuration = HadoopSource.configuration();
        Pattern pattern = Pattern.compile(by);
        List<Found> found = new ArrayList<>();
        List<String> configurations = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String argument : arguments) {
            Path path = new Path(argument);
            FileSystem system = path.getFileSystem(configuration);
            FileStatus[] matches = system.globStatus(path);
            if (matches == null || matches.length == 0) {
                problems.add(argument + ": there is no such file");
                continue;
            }
            for (FileStatus match : matches) {
                list(system, match, by.isEmpty() ? null : pattern, found, configurations);
            }
        }
        strangers(found, by, problems);
        found.sort(Comparator.comparing(Found::host).thenComparing(Found::uri, LogFiles.IN_ORDER));
        List<LogFile> files = new ArrayList<>();
        List<String> hosts = new ArrayList<>();
        List<Object> looks = spark.parallelize(found, Math.max(1, found.size() / FILES_A_TASK))
                .map(Found::look)
                .collect();
        for (int i = 0; i < looks.size(); i++) {
            if (looks.get(i) instanceof LogFile file) {
                files.add(file);
                hosts.add(found.get(i).host);
            } else {
                problems.add((String) looks.get(i));
            }
        }
        configurations.sort(Comparator.naturalOrder());
        return new Lake(List.copyOf(files), List.copyOf(hosts), List.copyOf(configurations), problems);
    }

    /** Files that {@code by} does not match are read, as those of one host; it is said, for the expression may be wrong. */
    private static void strangers(List<Found> found, String by, List<String> problems) throws IOException {
        List<Found> strangers =
                found.stream().filter(f -> f.host.equals(NO_HOST)).toList();
        if (!strangers.isEmpty() && strangers.size() == found.size()) {
            throw new IOException(
                    "--by " + by + " matches none of " + found.size() + " files, such as " + strangers.get(0).uri);
        }
        if (!strangers.isEmpty()) {
            problems.add("--by %s does not match %d of %d files, such as %s; they are judged together as %s"
                    .formatted(by, strangers.size(), found.size(), strangers.get(0).uri, NO_HOST));
        }
    }

    private static void list(
            FileSystem system, FileStatus match, @Nullable Pattern by, List<Found> found, List<String> configurations)
            throws IOException {
        if (match.isFile()) {
            if (match.getPath().getName().endsWith(CONFIGURATION)) {
                configurations.add(match.getPath().toString());
            } else {
                found.add(found(match, by));
            }
            return;
        }
        RemoteIterator<LocatedFileStatus> within = system.listFiles(match.getPath(), true);
        while (within.hasNext()) {
            FileStatus file = within.next();
            String name = file.getPath().getName();
            if (name.endsWith(CONFIGURATION)) {
                configurations.add(file.getPath().toString());
            } else if (file.getLen() > 0 && LogFiles.isLog(name)) {
                found.add(found(file, by));
            }
        }
    }

    private static Found found(FileStatus file, @Nullable Pattern by) {
        String uri = file.getPath().toString();
        URI folder = file.getPath().getParent().toUri();
        String host = (folder.getAuthority() == null ? "" : folder.getAuthority()) + folder.getPath();
        if (by != null) {
            Matcher matcher = by.matcher(uri);
            boolean named = matcher.find();
            host = !named
                    ? NO_HOST
                    : matcher.groupCount() > 0 && matcher.group(1) != null ? matcher.group(1) : matcher.group();
        }
        return new Found(uri, host, file.getLen(), file.getModificationTime());
    }
}
