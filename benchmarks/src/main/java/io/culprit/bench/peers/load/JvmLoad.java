package io.culprit.bench.peers.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A generator of our own, in a JVM of its own: for what no program at hand sends.
 *
 * @param main gets port, path, connections, seconds and the further arguments, and prints {@link Tally#line}
 */
public record JvmLoad(Class<?> main, List<String> arguments) implements LoadGenerator {
    @Override
    public LoadResult run(Target target, int connections, double seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java(main));
        command.addAll(List.of(
                Integer.toString(target.port()),
                target.path(),
                Integer.toString(connections),
                Long.toString(LoadGenerator.whole(seconds))));
        command.addAll(arguments);
        return parse(LoadGenerator.say(command));
    }

    /** The command that runs this class as the program it is. */
    public static List<String> java(Class<?> main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }

    static LoadResult parse(String text) throws IOException {
        String last = text.lines()
                .filter(line -> line.startsWith("load "))
                .findFirst()
                .orElse("");
        double[] figures = Arrays.stream(
                        last.substring(Math.min(5, last.length())).split(" "))
                .filter(each -> !each.isEmpty())
                .mapToDouble(Double::parseDouble)
                .toArray();
        if (figures.length != 6) {
            throw new IOException("the load generator failed: " + text);
        }
        return new LoadResult(
                (long) figures[0], figures[1], figures[2], figures[3], (long) figures[4], (long) figures[5]);
    }
}
