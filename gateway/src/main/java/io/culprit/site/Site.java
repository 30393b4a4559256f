package io.culprit.site;

import io.culprit.config.FastCgiConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Decides what a path of a PHP site stands for, as nginx does with {@code try_files $uri $uri/ /index.php?$args} beside
 * {@code location ~ \.php$}: a file, a directory's index, a script, or else the front controller. Where files are not
 * ours to see ({@code static: false}), the path alone decides. Immutable, thread-safe; looks at the file system with a
 * few system calls, as nginx does.
 */
public final class Site {
    private static final String INDEX_PAGE = "index.html";

    private final FastCgiConfig config;
    private final Documents documents;

    public Site(FastCgiConfig config) {
        this.config = config;
        this.documents = new Documents(config.root());
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
            case OUTSIDE -> denied("\"%s\" leads out of the document root by a symbolic link", path);
            case UNREADABLE -> denied("\"%s\" may not be read by the gateway", path);
        };
    }

    private Resolution fileOrFrontController(String path) {
        Documents.Found found = find(path);
        return switch (found.kind()) {
            case FILE -> file(path, found);
            case DIRECTORY -> path.endsWith("/") ? index(path) : new Redirect();
            case MISSING, BELOW_A_FILE -> new Script("/" + config.index(), "");
            case OUTSIDE -> denied("\"%s\" leads out of the document root by a symbolic link", path);
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

    private static Resolution file(String path, Documents.Found found) {
        return SourceName.matches(path) || SourceName.matches(found.real())
                ? denied("\"%s\" looks like the source of a script", path)
                : new StaticFile(found.real());
    }

    private Documents.Found find(String path) {
        try {
            return documents.find(new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (InvalidPathException e) {
            return Documents.Found.MISSING; // no file can have such a name here
        }
    }

    private static Denied denied(String why, String path) {
        return new Denied(Failure.of(Cause.STATIC_DENIED, why.formatted(path)));
    }

    /** The document root as it really is, for whoever serves the files. */
    public static Path realRoot(FastCgiConfig config) throws java.io.IOException {
        return config.root().toRealPath();
    }
}
