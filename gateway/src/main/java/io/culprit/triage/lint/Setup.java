package io.culprit.triage.lint;

import io.culprit.triage.conf.ConfException;
import io.culprit.triage.conf.NginxConf;
import io.culprit.triage.conf.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** All configurations that belong to one site, by whose they are. Filled once, then only read. */
public final class Setup {
    private static final long LOOKED_AT = 64 * 1024;

    private final Edge edge;
    private final App app;
    private final long memory;
    private final NginxTree nginx = new NginxTree();
    private final List<Settings> pools = new ArrayList<>();
    private final List<Settings> php = new ArrayList<>();
    private final List<Settings> wordpress = new ArrayList<>();
    private final List<Settings> haproxy = new ArrayList<>();
    private final List<Settings> apache = new ArrayList<>();
    private final List<Settings> gunicorn = new ArrayList<>();
    private final List<Path> culprit = new ArrayList<>();
    private final List<String> read = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> unread = new ArrayList<>();

    /** The same without an application that is told by its name. */
    public Setup(Edge edge, long memory) {
        this(edge, App.NONE, memory);
    }

    /**
     * @param app what serves behind all of it
     * @param memory bytes that the machine has, 0 for unknown
     */
    public Setup(Edge edge, App app, long memory) {
        this.edge = edge;
        this.app = app;
        this.memory = memory;
    }

    /** Reads a file, or what is known within a folder; what cannot be read becomes a problem. */
    public void add(Path path) {
        if (Files.isDirectory(path)) {
            folder(path);
            return;
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            problems.add(path + ": neither a file nor a folder");
            return;
        }
        try {
            file(path);
        } catch (NoSuchFileException e) {
            problems.add(path + ": there is no such file");
        } catch (java.nio.file.AccessDeniedException e) {
            problems.add(path + ": no right to read it");
        } catch (IOException e) {
            problems.add(path + ": " + e.getMessage());
        } catch (ConfException e) {
            problems.add(e.getMessage());
        }
    }

    private void folder(Path folder) {
        List<Path> known = new ArrayList<>();
        try {
            Files.walkFileTree(folder, EnumSet.noneOf(FileVisitOption.class), 8, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    boolean regular =
                            attributes.isRegularFile() || attributes.isSymbolicLink() && Files.isRegularFile(file);
                    if (regular && isMain(file)) {
                        known.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    unread.add(file.toString());
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            problems.add(folder + ": " + e.getMessage());
        }
        if (known.isEmpty()) {
            problems.add(folder + ": no configuration that is known in it");
        }
        known.stream().sorted().forEach(this::add);
    }

    /** Whether a file has a pool of PHP-FPM. */
    private static boolean isPool(Path file) {
        try {
            return Files.isReadable(file) && has(head(file), "\\s*pm(\\.max_children)?\\s*=.*");
        } catch (IOException e) {
            return false; // then it is not read later either, and that is said
        }
    }

    private static boolean isMain(Path file) {
        String path = file.toString();
        String name = file.getFileName().toString();
        return name.equals("nginx.conf")
                || name.endsWith(".conf") && isPool(file)
                || name.equals("php.ini") && !path.contains("/cli/")
                || name.equals("wp-config.php")
                || name.equals("haproxy.cfg")
                || name.equals("apache2.conf")
                || name.equals("httpd.conf")
                || path.contains("/sites-enabled/") && path.contains("/apache2/")
                || name.equals("gunicorn.conf.py")
                || name.equals("culprit.yaml");
    }

    private void file(Path file) throws IOException, ConfException {
        String text = head(file);
        String name = file.getFileName().toString();
        if (name.endsWith(".py")) {
            gunicorn.add(Settings.python(file));
            read.add("gunicorn " + file);
        } else if (has(text, "\\s*(events|http|server|location|upstream)\\b[^;]*\\{.*")) {
            nginx(file);
        } else if (name.equals("wp-config.php") || has(text, "\\s*define\\s*\\(.*DB_NAME.*")) {
            wordpress.add(Settings.defines(file));
            read.add("WordPress " + file);
        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            culprit.add(file);
            read.add("culprit " + file);
        } else if (has(text, "(frontend|backend|listen|defaults|global)(\\s.*)?")
                && has(text, "\\s+(timeout|server|bind|mode)\\s.*")) {
            haproxy.add(Settings.haproxy(file));
            read.add("HAProxy " + file);
        } else if (has(text, "\\s*pm\\s*=.*") || has(text, "\\s*pm\\.\\w+\\s*=.*") || has(text, "\\s*listen\\s*=.*")) {
            Settings whole = Settings.ini(file);
            whole.sections().stream().filter(s -> !s.equals("global")).forEach(s -> pools.add(whole.section(s)));
            read.add("PHP-FPM " + file);
        } else if (has(text, "\\s*\\[PHP]\\s*")
                || has(text, "\\s*(memory_limit|post_max_size|max_execution_time)\\s*=.*")) {
            php.add(Settings.ini(file));
            read.add("PHP " + file);
        } else if (has(text, "\\s*<(VirtualHost|Directory|IfModule|Proxy|Location|FilesMatch).*")
                || has(text, "(ServerRoot|KeepAliveTimeout|ProxyPass|LoadModule)\\s.*")) {
            apache.add(Settings.apache(file));
            read.add("Apache " + file);
        } else {
            nginx(file);
        }
    }

    private void nginx(Path file) throws IOException, ConfException {
        NginxConf.Parsed parsed = NginxConf.read(file);
        nginx.add(parsed.root());
        problems.addAll(parsed.problems());
        read.add("nginx " + file);
    }

    private static String head(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes((int) LOOKED_AT), StandardCharsets.ISO_8859_1);
        }
    }

    private static boolean has(String text, String line) {
        return text.lines().anyMatch(l -> l.matches(line));
    }

    /** What serves behind all of it, where that was said. */
    public App app() {
        return app;
    }

    public Edge edge() {
        return edge;
    }

    /** Bytes of memory, 0 for unknown. */
    public long memory() {
        return memory;
    }

    /** nginx's configurations. */
    public NginxTree nginx() {
        return nginx;
    }

    public List<Settings> pools() {
        return pools;
    }

    public List<Settings> php() {
        return php;
    }

    public List<Settings> wordpress() {
        return wordpress;
    }

    public List<Settings> haproxy() {
        return haproxy;
    }

    public List<Settings> apache() {
        return apache;
    }

    public List<Settings> gunicorn() {
        return gunicorn;
    }

    /** Culprit's own configurations. */
    public List<Path> culprit() {
        return culprit;
    }

    /** What was read, by whose it is. */
    public List<String> read() {
        return read;
    }

    /** Files and folders that may not be looked at. */
    public List<String> unread() {
        return unread;
    }

    /** What could not be read, with file and line. */
    public List<String> problems() {
        return problems;
    }
}
