package io.culprit.proof.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** h2load. */
public final class Load {
    private Load() {}

    /** @param arguments the last is the path */
    public static String h2load(int port, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Oracle.program("h2load", "nghttp2-client")));
        command.addAll(List.of(arguments).subList(0, arguments.length - 1));
        command.add("https://127.0.0.1:" + port + arguments[arguments.length - 1]);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return said;
    }
}
