package io.culprit.triage.conf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All values of one file whose lines stand for themselves: INI files, PHP's defines, HAProxy, Apache, Python. */
public final class Settings {
    private static final long LONGEST = 8 << 20;
    private static final Pattern INI = Pattern.compile("\\s*([\\w.\\[\\]/-]+)\\s*=\\s*(.*?)\\s*");
    private static final Pattern DEFINE =
            Pattern.compile("\\s*define\\s*\\(\\s*['\"](\\w+)['\"]\\s*,\\s*(.+?)\\s*\\)\\s*;.*");
    private static final Pattern PYTHON = Pattern.compile("\\s*(\\w+)\\s*=\\s*([^#]+?)\\s*(?:#.*)?");

    private final Path file;
    private final List<Setting> all;

    private Settings(Path file, List<Setting> all) {
        this.file = file;
        this.all = all;
    }

    /** {@code name = value} below {@code [section]}, comments by ; or #: FPM's pools and php.ini. */
    public static Settings ini(Path file) throws IOException {
        List<Setting> all = new ArrayList<>();
        String section = "";
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.charAt(0) == ';' || line.charAt(0) == '#') {
                continue;
            }
            if (line.charAt(0) == '[' && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1);
                continue;
            }
            Matcher matcher = INI.matcher(line);
            if (matcher.matches()) {
                String value = matcher.group(2).replaceFirst("\\s+;.*", "");
                all.add(new Setting(section, matcher.group(1), unquoted(value), file, i + 1));
            }
        }
        return new Settings(file, all);
    }

    /** {@code define('NAME', value);}: wp-config.php. */
    public static Settings defines(Path file) throws IOException {
        return matching(file, DEFINE, "//");
    }

    /** {@code name = value}: gunicorn.conf.py. */
    public static Settings python(Path file) throws IOException {
        return matching(file, PYTHON, "#");
    }

    private static Settings matching(Path file, Pattern pattern, String comment) throws IOException {
        List<Setting> all = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = pattern.matcher(lines.get(i));
            if (!lines.get(i).strip().startsWith(comment) && matcher.matches()) {
                all.add(new Setting("", matcher.group(1), unquoted(matcher.group(2)), file, i + 1));
            }
        }
        return new Settings(file, all);
    }

    /** Words of a line below a section's line: HAProxy. The section is the whole line, e.g. {@code backend app}. */
    public static Settings haproxy(Path file) throws IOException {
        List<Setting> all = new ArrayList<>();
        String section = "";
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String raw = lines.get(i).replaceFirst("(^|\\s)#.*", "");
            String line = raw.strip();
            if (line.isEmpty()) {
                continue;
            }
            if (!Character.isWhitespace(raw.charAt(0))
                    && line.matches("(global|defaults|frontend|backend|listen|peers|resolvers)\\b.*")) {
                section = line;
                continue;
            }
            boolean two = line.startsWith("timeout ") || line.startsWith("option ");
            String[] words = line.split("\\s+", two ? 3 : 2);
            String name = two && words.length > 1 ? words[0] + " " + words[1] : words[0];
            String value = words.length > (two ? 2 : 1) ? words[two ? 2 : 1] : "";
            all.add(new Setting(section, name, value, file, i + 1));
        }
        return new Settings(file, all);
    }

    /** {@code Name value}, sections by {@code <Name value>}: Apache. */
    public static Settings apache(Path file) throws IOException {
        List<Setting> all = new ArrayList<>();
        List<String> open = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            if (line.startsWith("</")) {
                if (!open.isEmpty()) {
                    open.remove(open.size() - 1);
                }
            } else if (line.startsWith("<")) {
                open.add(line.substring(1, line.endsWith(">") ? line.length() - 1 : line.length()));
            } else {
                String[] words = line.split("\\s+", 2);
                String section = open.isEmpty() ? "" : open.get(open.size() - 1);
                all.add(new Setting(section, words[0], words.length > 1 ? unquoted(words[1]) : "", file, i + 1));
            }
        }
        return new Settings(file, all);
    }

    private static List<String> lines(Path file) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw new IOException("larger than 8 MiB");
        }
        return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\r?\n", -1));
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** One section by itself. */
    public Settings section(String name) {
        return new Settings(
                file, all.stream().filter(s -> s.section().equals(name)).toList());
    }

    public Path file() {
        return file;
    }

    /** All, in their order. */
    public List<Setting> all() {
        return all;
    }

    /** The last of that name in any section, whatever its case. */
    public Optional<Setting> get(String name) {
        return all.stream().filter(s -> s.name().equalsIgnoreCase(name)).reduce((a, b) -> b);
    }

    /** The last of that name in a section. */
    public Optional<Setting> get(String section, String name) {
        return all.stream()
                .filter(s -> s.section().equals(section) && s.name().equals(name))
                .reduce((a, b) -> b);
    }

    /** The different sections, in their order. */
    public List<String> sections() {
        return all.stream().map(Setting::section).distinct().toList();
    }
}
