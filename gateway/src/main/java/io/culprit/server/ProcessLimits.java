package io.culprit.server;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the system lets this process have, read without the platform's MBeans, which would double the time to start.
 * Stateless.
 */
final class ProcessLimits {
    private static final String DIRECT = "-XX:MaxDirectMemorySize=";

    /** Where the limit cannot be read, it does not bind. */
    private static final int MANY = 1 << 20;

    private ProcessLimits() {}

    /** Bytes of direct memory the JVM may use: what its option says, else as many as its heap. */
    static long maxDirectMemory() {
        Stream<String> given =
                ProcessHandle.current().info().arguments().map(Arrays::stream).orElse(Stream.empty());
        Stream<String> environment = Stream.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")
                .map(name -> System.getenv().getOrDefault(name, ""))
                .flatMap(options -> Arrays.stream(options.split("\\s+")));
        return Stream.concat(environment, given)
                .filter(option -> option.startsWith(DIRECT))
                .map(option -> bytes(option.substring(DIRECT.length())))
                .filter(bytes -> bytes > 0)
                .reduce((first, last) -> last)
                .orElse(Runtime.getRuntime().maxMemory());
    }

    /** A size as the JVM's options have it: 64m, 1G, 1048576. */
    static long bytes(String size) {
        String lower = size.toLowerCase(Locale.ROOT);
        if (!lower.matches("[0-9]{1,15}[kmgt]?")) {
            return 0;
        }
        int unit = "kmgt".indexOf(lower.charAt(lower.length() - 1));
        String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1);
        return Long.parseLong(digits) << 10 * (unit + 1);
    }

    /** Descriptors the process may still open. */
    static int freeDescriptors() {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            int used = 0;
            for (Path each : open) {
                used += each == null ? 0 : 1;
            }
            return Math.max(0, most() - used);
        } catch (IOException e) {
            return MANY; // not Linux
        }
    }

    private static int most() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).trim().split("\\s+")[0])
                .mapToInt(soft -> soft.matches("[0-9]{1,9}") ? Integer.parseInt(soft) : MANY)
                .findFirst()
                .orElse(MANY);
    }
}
