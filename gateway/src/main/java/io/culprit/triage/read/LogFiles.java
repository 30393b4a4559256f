package io.culprit.triage.read;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that arguments name: files as they are, folders with all in them that may be a log. Rotated ones come in order, the
 * oldest first: {@code access.log.2.gz}, {@code access.log.1}, {@code access.log}.
 *
 * @param files what is to be read
 * @param configurations nginx's files met on the way, which may define log formats
 * @param problems what cannot be read, each with its name and why
 */
public record LogFiles(List<LogFile> files, List<Path> configurations, List<String> problems) {
    private static final int DEEPEST = 12;
    private static final Pattern ROTATED =
            Pattern.compile("(.*?)[.-](\\d{1,4}|\\d{8}(?:-?\\d{2,6})?|\\d{4}-\\d{2}-\\d{2})(\\.(?:gz|xz|zst|log))?");
    private static final Pattern NO_LOG = Pattern.compile(
            ".*\\.(?:jar|class|png|jpe?g|gif|webp|ico|woff2?|pdf|zip|tar|tgz|deb|rpm|so|o|a|db|sqlite3?|mo|journal|py|js|css|html?"
                    + "|php|java|md|yaml|yml|toml|ini|pem|crt|key|cer|sock|pid|lock|bin|dat|tsv|csv)");

    /** PostgreSQL's {@code csvlog} has the ending of a table. */
    private static final Pattern POSTGRESQL = Pattern.compile("(?:postgres|pg).*\\.csv");

    /** Files of a system's log folder that are no text. */
    private static final List<String> BINARY = List.of("wtmp", "btmp", "lastlog", "faillog", "tallylog", "truth.txt");

    /** Names of files, those of one log together, the oldest of it first. */
    public static final Comparator<String> IN_ORDER = Comparator.comparing(LogFiles::stem)
            .thenComparing(Comparator.comparingLong(LogFiles::age).reversed())
            .thenComparing(Comparator.naturalOrder());

    /** Looks at files and folders; {@code -} is standard input. A file that is named twice is one file. */
    public static LogFiles find(List<String> arguments) {
        Set<Object> seen = new HashSet<>();
        List<LogFile> files = new ArrayList<>();
        List<Path> configurations = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.equals("-")) {
                files.add(LogFile.standardInput());
                continue;
            }
            Path path = Path.of(argument);
            if (Files.isDirectory(path)) {
                folder(path, seen, files, configurations, problems);
            } else if (path.getFileName() != null
                    && path.getFileName().toString().endsWith(".conf")) {
                configurations.add(path);
            } else {
                add(path, argument, seen, files, problems);
            }
        }
        return new LogFiles(List.copyOf(files), List.copyOf(configurations), List.copyOf(problems));
    }

    private static void folder(
            Path top, Set<Object> seen, List<LogFile> files, List<Path> configurations, List<String> problems) {
        List<Path> found = new ArrayList<>();
        List<String> others = new ArrayList<>();
        try {
            Files.walkFileTree(
                    top,
                    java.util.EnumSet.noneOf(java.nio.file.FileVisitOption.class),
                    DEEPEST,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
                            if (name.endsWith(".conf") && attributes.isRegularFile()) {
                                configurations.add(file);
                            } else if (attributes.isRegularFile() && isLog(name)) {
                                found.add(file);
                            } else if (!name.startsWith(".") && !BINARY.contains(name)) {
                                others.add(file.getFileName().toString());
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            problems.add(file + ": " + reason(e));
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                            boolean hidden = folder.getFileName() != null
                                    && folder.getFileName().toString().startsWith(".")
                                    && !folder.equals(top);
                            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            problems.add(top + ": " + reason(e));
        }
        if (!others.isEmpty()) {
            problems.add(top + ": " + leftOut(others));
        }
        found.sort(Comparator.comparing(Path::toString, IN_ORDER));
        for (Path each : found) {
            add(each, each.toString(), seen, files, problems);
        }
    }

    private static String leftOut(List<String> names) {
        names.sort(Comparator.naturalOrder());
        return (names.size() == 1
                        ? "1 file that is no log by its name, "
                        : names.size() + " files that are no logs by their names, ")
                + String.join(", ", names.subList(0, Math.min(3, names.size())))
                + (names.size() > 3 ? ", ..." : "");
    }

    /** Whether a file of that name may be a log. */
    public static boolean isLog(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && !BINARY.contains(name)
                && (!NO_LOG.matcher(name).matches() || POSTGRESQL.matcher(name).matches());
    }

    private static void add(Path path, String name, Set<Object> seen, List<LogFile> files, List<String> problems) {
        try {
            if (!Files.isRegularFile(path) || seen.add(same(path))) {
                files.add(LogFile.of(path, name));
            }
        } catch (IOException | SecurityException e) {
            problems.add(name + ": " + reason(e));
        }
    }

    /** What two names of one file have in common, links of either kind among them. */
    private static Object same(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path.toRealPath() : key;
    }

    private static String stem(String path) {
        Matcher rotated = ROTATED.matcher(path);
        String name = rotated.matches() ? rotated.group(1) : path;
        return name.endsWith(".log") ? name.substring(0, name.length() - 4) : name;
    }

    /** The higher the older; dates count backwards from the future. */
    private static long age(String path) {
        Matcher rotated = ROTATED.matcher(path);
        if (!rotated.matches()) {
            return -1;
        }
        String digits = rotated.group(2).replace("-", "");
        long number = Long.parseLong(digits);
        return digits.length() <= 4 ? number : Long.MAX_VALUE / 2 - number;
    }

    static String reason(Exception e) {
        if (e instanceof java.nio.file.NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "no right to read it";
        }
        String said = String.valueOf(e.getMessage());
        if (e instanceof EOFException || said.contains("runcated") || said.equals("Not enough input bytes")) {
            return "it is cut off, what was before that is read";
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
