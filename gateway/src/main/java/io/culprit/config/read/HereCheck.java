package io.culprit.config.read;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Whether files and folders a configuration names can be used on this machine. Stateless. */
final class HereCheck {
    /** Number of the capability, as in capabilities(7). */
    private static final int NET_BIND_SERVICE = 10;

    /** Descriptors for everything that is no client. */
    private static final int RESERVE = 48;

    private HereCheck() {}

    /** A file that will be written: it, or the nearest folder above it that is there, must be writable. */
    static void writable(Section section, Node at, String key, String file) {
        Path path = path(file);
        if (file.isEmpty()) {
            section.problem(at, "\"%s\" is empty; a file or - was expected".formatted(section.name(key)));
            return;
        }
        if (path == null) {
            section.problem(at, "\"%s\" is not a path: %s".formatted(section.name(key), Section.shown(file)));
            return;
        }
        Path folder = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path)) {
            section.here(at, "\"%s\": %s is a folder, a file is wanted".formatted(section.name(key), path));
        } else if (Files.exists(path) ? !Files.isWritable(path) : folder != null && !Files.isDirectory(folder)) {
            section.here(
                    at,
                    Files.exists(path)
                            ? "\"%s\": %s cannot be written, permission denied".formatted(section.name(key), path)
                            : "\"%s\": the folder %s does not exist".formatted(section.name(key), folder));
        } else if (!Files.exists(path) && folder != null && !Files.isWritable(folder)) {
            section.here(
                    at, "\"%s\": no file can be made in %s, permission denied".formatted(section.name(key), folder));
        }
    }

    /** H2's file, which is made where it does not exist, with the folders above it. */
    static void database(Section section, Node at, String key, String name) {
        Path path = path(name.replaceFirst("^~", System.getProperty("user.home")) + ".mv.db");
        if (path != null && Files.exists(path)) {
            if (!Files.isWritable(path)) {
                section.here(at, "\"%s\": %s cannot be written, permission denied".formatted(section.name(key), path));
            }
            return;
        }
        Path above = path == null ? null : path.toAbsolutePath().getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        if (above != null && !Files.isWritable(above)) {
            section.here(
                    at,
                    "\"%s\": nothing can be written in %s, permission denied; name a file elsewhere, or off"
                            .formatted(section.name(key), above));
        }
    }

    /** An address to listen on: it must be one of this machine, and low ports need a right. */
    static void bindable(Section section, Node at, String key, InetSocketAddress address) {
        InetAddress host = address.getAddress();
        try {
            if (!host.isAnyLocalAddress()
                    && !host.isLoopbackAddress()
                    && NetworkInterface.getByInetAddress(host) == null) {
                section.here(
                        at,
                        "\"%s\": %s is no address of this machine".formatted(section.name(key), host.getHostAddress()));
            }
        } catch (SocketException e) {
            section.here(
                    at,
                    "\"%s\": this machine's addresses cannot be read: %s".formatted(section.name(key), e.getMessage()));
        }
        if (address.getPort() > 0 && address.getPort() < unprivileged() && !mayBindLow()) {
            section.here(
                    at,
                    "\"%s\": port %d needs the right CAP_NET_BIND_SERVICE (or root), which this user does not have"
                            .formatted(section.name(key), address.getPort()));
        }
    }

    private static int unprivileged() {
        return number("/proc/sys/net/ipv4/ip_unprivileged_port_start", "^(\\d+)", 10, 1024);
    }

    private static boolean mayBindLow() {
        return (number("/proc/self/status", "(?m)^CapEff:\\s*[0-9a-f]*([0-9a-f]{6})$", 16, -1) & 1 << NET_BIND_SERVICE)
                != 0;
    }

    /** A number of connections beyond what files may be opened. */
    static void descriptors(Section section, String key, int wanted) {
        if (!section.has(key)) {
            return; // no start is to read what it does not need
        }
        int most = number("/proc/self/limits", "(?m)^Max open files\\s+(\\d{1,9})\\s", 10, Integer.MAX_VALUE);
        if (wanted > most - RESERVE) {
            section.here(
                    section.at(key),
                    ("\"%s\" is %d, and a process may open %d files here (ulimit -n), of which upstreams, logs and journal need some:"
                                    + " raise that (LimitNOFILE), or lower this")
                            .formatted(section.name(key), wanted, most));
        }
    }

    /** In one read: a file of /proc/sys has no second one, and the JDK begins with a single byte where the size is 0. */
    private static String kernel(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = new byte[16 << 10];
            int n = in.read(bytes);
            return new String(bytes, 0, Math.max(0, n), StandardCharsets.ISO_8859_1);
        }
    }

    /** What the kernel shows; where it shows nothing, nothing is said against the configuration. */
    private static int number(String file, String pattern, int radix, int otherwise) {
        try {
            Matcher found = Pattern.compile(pattern).matcher(kernel(Path.of(file)));
            return found.find() ? Integer.parseInt(found.group(1), radix) : otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }

    private static @Nullable Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
