package io.culprit.site;

import io.culprit.config.FastCgiConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;

/**
 * Decides what a path of a PHP site stands for, as nginx does with {@code try_files $uri $uri/ /index.php?$args} beside
 * {@code location ~ \.php$}: a file, a directory's index, a script, or else the front controller. Where files are not
 * ours to see ({@code static: false}), the path alone decides. Immutable, thread-safe; looks at the file system with a
 * few system calls, as nginx does.
 */
public final class Site {
    private static final String INDEX_PAGE = "index.html";
    private static final String LINK = "\"%s\" leads by a symbolic link where fastcgi.links: %s does not follow";

    private final FastCgiConfig config;
    private final Documents documents;

    public Site(FastCgiConfig config) {
        this.config = config;
        this.documents = new Documents(config.root(), config.links());
    }

    /**
     * @param path the request's path, decoded, without dot segments, one character per byte, from {@code /} on
     */
    public Resolution resolve(String path) {
        int boundary = scriptEnd(path);
        if (!config.staticFiles()) {
            return boundary > 0
                    ? script(path, boundary)
                    : new Script(path.endsWith("/") ? path + config.index() : "/" + config.index(), "");
        }
        if (hasHiddenSegment(path)) {
            return denied("\"%s\" is hidden: it has a segment that starts with a dot", path);
        }
        return boundary > 0 ? visibleScript(path, boundary) : fileOrFrontController(path);
    }

    private static Script script(String path, int boundary) {
        return new Script(path.substring(0, boundary), path.substring(boundary));
    }

    /** End of the first segment that has a script's extension, -1 when there is none. */
    private int scriptEnd(String path) {
        int end = 0;
        while (end < path.length()) {
            int next = path.indexOf('/', end + 1);
            end = next < 0 ? path.length() : next;
            for (String extension : config.extensions()) {
                if (path.startsWith(extension, end - extension.length())
                        && path.charAt(end - extension.length() - 1) != '/') {
                    return end;
                }
            }
        }
        return -1;
    }

    /** Segments such as {@code .git} or {@code .env}; {@code /.well-known/} is public by RFC 8615. */
    private static boolean hasHiddenSegment(String path) {
        int dot = path.indexOf("/.");
        return dot >= 0 && !(path.startsWith("/.well-known/") && path.indexOf("/.", 1) < 0);
    }

    private Resolution visibleScript(String path, int boundary) {
        Script script = script(path, boundary);
        Documents.Found found = find(script.name());
        return switch (found.kind()) {
            case FILE, MISSING -> script; // a missing one is FPM's to refuse: "Primary script unknown"
            case DIRECTORY -> fileOrFrontController(path);
            case BELOW_A_FILE ->
                // With cgi.fix_pathinfo PHP would run that file, be it an uploaded picture.
                denied("\"%s\" goes through a file that is no script", path);
            case LINK_DENIED -> denied(LINK, path, config.links().id());
            case UNREADABLE -> denied("\"%s\" may not be read by the gateway", path);
        };
    }

    private Resolution fileOrFrontController(String path) {
        Documents.Found found = find(path);
        return switch (found.kind()) {
            case FILE -> file(path, found);
            case DIRECTORY -> path.endsWith("/") ? index(path) : new Redirect();
            case MISSING, BELOW_A_FILE -> new Script("/" + config.index(), "");
            case LINK_DENIED -> denied(LINK, path, config.links().id());
            case UNREADABLE -> denied("\"%s\" may not be read by the gateway", path);
        };
    }

    private Resolution index(String directory) {
        if (find(directory + config.index()).kind() == Documents.Kind.FILE) {
            return new Script(directory + config.index(), "");
        }
        Documents.Found page = find(directory + INDEX_PAGE);
        return page.kind() == Documents.Kind.FILE
                ? file(directory + INDEX_PAGE, page)
                : denied("directory \"%s\" has no index", directory);
    }

    /** What a link leads to is judged like what it is called. */
    private Resolution file(String path, Documents.Found found) {
        String real = found.real().toString();
        if (SourceName.matches(path, config.extensions()) || SourceName.matches(real, config.extensions())) {
            return denied("\"%s\" looks like the source of a script", path);
        }
        String inside = "/" + documents.relative(found.real());
        return hasHiddenSegment(inside.replace("/..", ""))
                ? denied("\"%s\" leads by a symbolic link to a hidden file", path)
                : new StaticFile(path, found.real(), found.key());
    }

    /**
     * Opens a file this site has found, or a precompressed sibling of it.
     *
     * @param gzip whether the client takes gzip
     * @param brotli whether it takes br
     * @throws IOException when it cannot be opened; {@link java.nio.file.NoSuchFileException} when it has
     *     vanished
     */
    public OpenFile open(StaticFile file, boolean gzip, boolean brotli) throws IOException {
        try {
            return chosen(file, gzip, brotli);
        } catch (IOException e) {
            // A deployment puts another file in its place: that one is judged anew, and served.
            Documents.Found now = find(file.path());
            if (now.kind() == Documents.Kind.FILE && file(file.path(), now) instanceof StaticFile again) {
                return chosen(again, gzip, brotli);
            }
            throw e;
        }
    }

    private OpenFile chosen(StaticFile file, boolean gzip, boolean brotli) throws IOException {
        String name = file.path().substring(file.path().lastIndexOf('/') + 1);
        boolean varies = false;
        if (config.precompressed()) {
            for (Encoding each : Encoding.values()) {
                String path = file.path() + each.ending;
                Documents.Found found = find(path);
                // Its content is sent as the file's own, so that what a link names is judged as for the file.
                if (found.kind() == Documents.Kind.FILE && file(path, found) instanceof StaticFile sibling) {
                    varies = true;
                    if (each == Encoding.BR ? brotli : gzip) {
                        return opened(name, sibling, each.id, true);
                    }
                }
            }
        }
        return opened(name, file, "", varies);
    }

    private static OpenFile opened(String name, StaticFile file, String encoding, boolean varies) throws IOException {
        Documents.Opened opened = Documents.open(file.real(), file.key());
        try {
            return new OpenFile(
                    name, opened.channel(), opened.channel().size(), opened.modifiedSeconds(), encoding, varies);
        } catch (IOException e) {
            opened.channel().close();
            throw e;
        }
    }

    /** Precompressed siblings, the smaller kind first. */
    private enum Encoding {
        BR("br", ".br"),
        GZIP("gzip", ".gz");

        private final String id;
        private final String ending;

        Encoding(String id, String ending) {
            this.id = id;
            this.ending = ending;
        }
    }

    private Documents.Found find(String path) {
        try {
            return documents.find(new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (InvalidPathException e) {
            return documents.missing(); // no file can have such a name here
        }
    }

    private static Denied denied(String why, Object... values) {
        return new Denied(Failure.of(Cause.STATIC_DENIED, why.formatted(values)));
    }

    /** The site's configuration. */
    public FastCgiConfig config() {
        return config;
    }
}
