package io.culprit.site;

import io.culprit.config.FastCgiConfig.Links;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * What lies under a document root, component by component, as {@code disable_symlinks} makes nginx look: a link is followed
 * as the {@link Links} rule says. A file is then opened along its real path without following any link, so that what is
 * served is what was judged, whoever changes links meanwhile. Thread-safe.
 */
final class Documents {
    /** The kernel's own bound. */
    private static final int MOST_LINKS = 40;

    /** What a path leads to. */
    enum Kind {
        FILE,
        DIRECTORY,
        MISSING,
        /** A part of the path before its last is a file. */
        BELOW_A_FILE,
        /** A symbolic link leads where it may not. */
        LINK_DENIED,
        /** It exists and we may not read it. */
        UNREADABLE
    }

    /**
     * @param real the real path, the root's own unless it is a file or directory
     * @param key which file or directory that is
     */
    record Found(Kind kind, Path real, Object key) {}

    private final Path root;
    private final Links links;

    Documents(Path root, Links links) {
        this.root = root;
        this.links = links;
    }

    /** From the root to a real path, with {@code ..} where it lies outside. */
    String relative(Path real) {
        try {
            return root.toRealPath().relativize(real).toString();
        } catch (IOException e) {
            return real.toString(); // the root has vanished: nothing will be opened either
        }
    }

    Found missing() {
        return none(Kind.MISSING);
    }

    private Found none(Kind kind) {
        return new Found(kind, root, kind);
    }

    /**
     * @param path from {@code /} on, without dot segments
     */
    Found find(String path) {
        try {
            return new Search(path).found();
        } catch (AccessDeniedException e) {
            return none(Kind.UNREADABLE);
        } catch (NoSuchFileException e) {
            return none(Kind.MISSING);
        } catch (FileSystemException e) {
            return none(Kind.MISSING); // a name no file system takes, or too many links
        } catch (IOException e) {
            return none(Kind.MISSING);
        }
    }

    /** One walk from the root along a path, links followed by hand. */
    private final class Search {
        private final Path realRoot;
        private final boolean slash;
        private final Deque<Path> ahead = new ArrayDeque<>();
        private final Deque<Pending> pending = new ArrayDeque<>();
        private Path here;
        private BasicFileAttributes attributes;
        private int followed;

        /** A link whose target is reached when only so many components are left. */
        private record Pending(int left, UserPrincipal owner) {}

        Search(String path) throws IOException {
            realRoot = root.toRealPath();
            slash = path.endsWith("/");
            here = realRoot;
            attributes = Files.readAttributes(realRoot, BasicFileAttributes.class);
            push(Path.of(path.substring(1)));
        }

        private void push(Path relative) {
            for (int i = relative.getNameCount() - 1; i >= 0; i--) {
                if (!relative.getName(i).toString().isEmpty()) {
                    ahead.push(relative.getName(i));
                }
            }
        }

        Found found() throws IOException {
            while (!ahead.isEmpty()) {
                if (!attributes.isDirectory()) {
                    return none(attributes.isRegularFile() ? Kind.BELOW_A_FILE : Kind.MISSING);
                }
                if (!step(ahead.pop().toString())) {
                    return none(Kind.LINK_DENIED);
                }
            }
            if (links == Links.WITHIN && !here.startsWith(realRoot)) {
                return none(Kind.LINK_DENIED);
            }
            if (attributes.isDirectory()) {
                return new Found(Kind.DIRECTORY, here, attributes.fileKey());
            }
            if (!attributes.isRegularFile()) {
                return none(Kind.MISSING);
            }
            return slash ? none(Kind.BELOW_A_FILE) : new Found(Kind.FILE, here, attributes.fileKey());
        }

        /** @return false when a link may not be followed */
        private boolean step(String name) throws IOException {
            if (name.equals("..")) {
                here = here.getParent() == null ? here : here.getParent(); // a directory, as all that is left is
            } else if (!name.equals(".")) {
                Path next = here.resolve(name);
                PosixFileAttributes seen =
                        Files.readAttributes(next, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (seen.isSymbolicLink()) {
                    return follow(next, seen);
                }
                here = next;
                attributes = seen;
            }
            return arrived();
        }

        private boolean follow(Path link, PosixFileAttributes seen) throws IOException {
            if (++followed > MOST_LINKS) {
                throw new FileSystemException(link.toString(), null, "too many links");
            }
            Path target = Files.readSymbolicLink(link);
            PosixFileAttributes again =
                    Files.readAttributes(link, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!again.isSymbolicLink()
                    || !again.fileKey().equals(seen.fileKey())
                    || !again.owner().equals(seen.owner())) {
                return false; // somebody changes it this very moment
            }
            if (links == Links.OWNER) {
                pending.push(new Pending(ahead.size(), seen.owner()));
            }
            if (target.isAbsolute()) {
                here = target.getRoot();
            }
            push(target);
            return arrived();
        }

        /** Judges the links whose targets have been reached. */
        private boolean arrived() throws IOException {
            while (!pending.isEmpty() && ahead.size() <= pending.peek().left()) {
                UserPrincipal reached = Files.readAttributes(here, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .owner();
                if (!reached.equals(pending.pop().owner())) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Opens a file that was found, along its real path and without following any link.
     *
     * @param path as {@link Found#real} gave it
     * @param key as {@link Found#key} gave it
     * @throws NoSuchFileException when it is no longer there, or another file than the one that was judged
     * @throws IOException when it cannot be opened
     */
    static Opened open(Path path, Object key) throws IOException {
        DirectoryStream<Path> above = Files.newDirectoryStream(path.getRoot());
        try {
            for (int i = 0; i < path.getNameCount() - 1; i++) {
                DirectoryStream<Path> below =
                        secure(above).newDirectoryStream(path.getName(i), LinkOption.NOFOLLOW_LINKS);
                above.close();
                above = below;
            }
            Path name = path.getFileName();
            SeekableByteChannel channel =
                    secure(above).newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
            try {
                BasicFileAttributes attributes = secure(above)
                        .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes();
                if (!attributes.isRegularFile() || !key.equals(attributes.fileKey())) {
                    throw new NoSuchFileException(path.toString(), null, "it was replaced this very moment");
                }
                return new Opened(
                        (FileChannel) channel, attributes.lastModifiedTime().toMillis() / 1000);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (NotDirectoryException e) {
            throw new NoSuchFileException(path.toString());
        } finally {
            above.close();
        }
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException("this file system cannot be walked without following links");
    }

    /**
     * @param modifiedSeconds since 1970
     */
    record Opened(FileChannel channel, long modifiedSeconds) {}
}
