package io.culprit.site;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What lies under a document root. Nothing outside of it is ever found, whatever links say. Thread-safe. */
final class Documents {
    /** What a path leads to. */
    enum Kind {
        FILE,
        DIRECTORY,
        MISSING,
        /** A part of the path before its last is a file. */
        BELOW_A_FILE,
        /** A symbolic link leads out of the root. */
        OUTSIDE,
        /** It exists and we may not read it. */
        UNREADABLE
    }

    /**
     * @param real the real path below the real root, empty unless it is a file or directory
     */
    record Found(Kind kind, String real) {
        static final Found MISSING = new Found(Kind.MISSING, "");
    }

    private final Path root;

    Documents(Path root) {
        this.root = root;
    }

    /**
     * @param path from {@code /} on, without dot segments
     */
    Found find(String path) {
        Path file = root.resolve(path.substring(1));
        boolean slash = path.endsWith("/");
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory() || attributes.isRegularFile() && !slash) {
                return within(file, attributes.isDirectory());
            }
            return slash && attributes.isRegularFile() ? new Found(Kind.BELOW_A_FILE, "") : Found.MISSING;
        } catch (AccessDeniedException e) {
            return new Found(Kind.UNREADABLE, "");
        } catch (IOException e) {
            // Not there, a name no file system takes, or a path through a file: the kernel's ENOTDIR has no class here.
            return belowAFile(file) ? new Found(Kind.BELOW_A_FILE, "") : Found.MISSING;
        }
    }

    private Found within(Path file, boolean directory) throws IOException {
        Path realRoot = root.toRealPath();
        Path real = file.toRealPath();
        if (!real.startsWith(realRoot)) {
            return new Found(Kind.OUTSIDE, "");
        }
        if (!directory && !Files.isReadable(real)) {
            return new Found(Kind.UNREADABLE, "");
        }
        return new Found(
                directory ? Kind.DIRECTORY : Kind.FILE,
                realRoot.relativize(real).toString());
    }

    private boolean belowAFile(Path file) {
        for (Path part = file.getParent(); part != null && part.startsWith(root); part = part.getParent()) {
            if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
                return Files.isRegularFile(part);
            }
        }
        return false;
    }
}
