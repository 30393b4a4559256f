package io.culprit.proof.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** curl with some options. */
public final class Curl {
    private final Path directory;
    private final String base;
    private final List<String> options = new ArrayList<>();
    private int exit;

    public Curl(Path directory, String base) {
        this.directory = directory;
        this.base = base;
    }

    /** The same with more options. */
    public Curl with(String... more) {
        Curl curl = new Curl(directory, base);
        curl.options.addAll(options);
        curl.options.addAll(List.of(more));
        return curl;
    }

    public byte[] get(String target) throws IOException, InterruptedException {
        return run(target, List.of());
    }

    public String text(String target) throws IOException, InterruptedException {
        return new String(get(target), StandardCharsets.ISO_8859_1);
    }

    public byte[] post(String target, byte[] body) throws IOException, InterruptedException {
        Path file = Files.write(Files.createTempFile(directory, "post", ""), body);
        return run(target, List.of("--data-binary", "@" + file));
    }

    /** What curl exited with last. */
    public int exit() {
        return exit;
    }

    private byte[] run(String target, List<String> more) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", "");
        List<String> command = new ArrayList<>(List.of(Oracle.program("curl", "curl"), "-s", "-m", "20"));
        command.addAll(options);
        command.addAll(more);
        command.add(base + target);
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        exit = process.exitValue();
        return Files.readAllBytes(out);
    }
}
