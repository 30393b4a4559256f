package io.culprit.loop;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do about a {@link Throwable} nobody foresaw: running out of memory ends the process, for a supervisor to start it
 * again; all else is told in one line, since whoever can cause it once can cause it a thousand times a second. Stateless.
 */
public final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(Trouble.class);
    private static final int FRAMES = 3;

    /** What the JVM's own {@code ExitOnOutOfMemoryError} exits with. */
    private static final int EXIT = 3;

    private Trouble() {}

    /**
     * Ends the process when memory has run out; the JVM's own option knows the heap's end only, not direct memory's. Threads that run
     * out are no reason: those that requests need run since the start.
     */
    public static void endIfOutOfMemory(Throwable trouble) {
        if (trouble instanceof OutOfMemoryError && !TaskThreads.isOfThreads(trouble)) {
            System.err.println("culprit: out of memory, ending with status " + EXIT
                    + " to be started again; raise -Xmx or -XX:MaxDirectMemorySize, or lower limits.memory ("
                    + trouble.getMessage() + ")");
            Runtime.getRuntime().halt(EXIT);
        }
    }

    /** Has every thread that ends by something nobody foresaw say so in one line, and not in a stack trace. */
    public static void tellOfThreads() {
        Thread.setDefaultUncaughtExceptionHandler((thread, trouble) -> {
            endIfOutOfMemory(trouble);
            LOG.error("the thread {} ended: {}", thread.getName(), line(trouble));
        });
    }

    /** Class, message and the first places in our own code, in one line. */
    public static String line(Throwable trouble) {
        String places = Arrays.stream(trouble.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("io.culprit."))
                .limit(FRAMES)
                .map(frame ->
                        frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1) + "."
                                + frame.getMethodName() + ":" + frame.getLineNumber())
                .collect(Collectors.joining(" < "));
        return trouble.toString().lines().findFirst().orElse("") + (places.isEmpty() ? "" : " at " + places);
    }
}
