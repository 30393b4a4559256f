package io.culprit.sim.script;

import io.culprit.sim.pool.Pool;
import io.culprit.sim.pool.Worker;
import io.culprit.sim.protocol.Output;
import io.culprit.sim.protocol.ScriptRequest;
import io.culprit.sim.status.StatusPage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One request as PHP runs it: finds the script, buffers its output (output_buffering is 4096, as Debian sets it), sends
 * the head when the first byte leaves, and turns errors into what PHP makes of them. Owned by one worker.
 */
public final class Php {
    private static final int OUTPUT_BUFFERING = 4096;
    private static final long BASE_MEMORY = 2_097_152;
    private static final String DEFAULT_TYPE = "Content-type: text/html; charset=UTF-8";

    private final Scripts scripts;
    private final Pool pool;
    private final Worker worker;
    private final ScriptRequest request;
    private final Output output;
    private final boolean headRequest;
    private final long cpuStart = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private final List<String> headers = new ArrayList<>();
    private int status = 200;
    private boolean headSent;
    private boolean raw;

    /** The request's body has been read, as FPM does before a script runs. */
    Php(Scripts scripts, Pool pool, Worker worker, ScriptRequest request, Output output) {
        this.scripts = scripts;
        this.pool = pool;
        this.worker = worker;
        this.request = request;
        this.output = output;
        this.headRequest = request.method().equals("HEAD");
    }

    /** Runs the script to its end, whatever that is; the response is then complete but for {@link Output#end}. */
    void run() throws IOException {
        try {
            if (request.complete()) {
                execute();
            }
        } catch (ScriptEndedException e) {
            // exit or fatal error: what was printed stands
        }
        finish();
        worker.board().requestMemory(BASE_MEMORY + roundedUp(worker.allocated()));
    }

    private static long roundedUp(long bytes) {
        return (bytes + 4095) / 4096 * 4096;
    }

    private void execute() throws IOException {
        Optional<StatusPage.Answer> page = StatusPage.answer(pool, request);
        if (page.isPresent()) {
            page.get().headers().forEach(this::header);
            echo(page.get().body());
            return;
        }
        if (!hasExtension()) {
            refuse(
                    403,
                    "Access denied.\n",
                    "Access to the script '%s' has been denied (see security.limit_extensions)"
                            .formatted(request.scriptFile()));
            return;
        }
        Optional<List<Step>> steps;
        try {
            steps = scripts.find(request);
        } catch (IllegalArgumentException e) {
            status(400);
            echo((e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
            return;
        }
        if (steps.isEmpty()) {
            refuse(404, "File not found.\n", "Primary script unknown");
            return;
        }
        worker.board().running(request.scriptFile());
        for (Step step : steps.get()) {
            step.run(this);
        }
    }

    private boolean hasExtension() {
        return pool.config().protocol() == io.culprit.sim.pool.PoolConfig.Protocol.HTTP
                || request.scriptFile().isEmpty()
                || request.scriptFile().endsWith(".php");
    }

    private void refuse(int code, String body, String complaint) throws IOException {
        output.stderr(complaint);
        status(code);
        echo(body.getBytes(StandardCharsets.UTF_8));
    }

    public Pool pool() {
        return pool;
    }

    public Worker worker() {
        return worker;
    }

    Output output() {
        return output;
    }

    /** CPU this request has used. */
    public long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuStart;
    }

    public void status(int code) {
        status = code;
    }

    public void header(String line) {
        headers.add(line);
    }

    public void echo(byte[] bytes) throws IOException {
        buffer.writeBytes(bytes);
        if (buffer.size() >= OUTPUT_BUFFERING) {
            drain();
        }
    }

    private void drain() throws IOException {
        sendHead();
        if (!headRequest) {
            output.body(buffer.toByteArray(), 0, buffer.size());
        }
        buffer.reset();
    }

    public void flush() throws IOException {
        drain();
        output.flush();
    }

    private void sendHead() throws IOException {
        if (headSent) {
            return;
        }
        headSent = true;
        boolean typed =
                headers.stream().anyMatch(h -> h.toLowerCase(Locale.ROOT).startsWith("content-type:"));
        if (!typed && status != 304) {
            headers.add(DEFAULT_TYPE);
        }
        output.head(status, Reasons.of(status), headers);
    }

    /** {@code error_log()} without a file: FastCGI's stderr. */
    void message(String text) throws IOException {
        output.stderr("PHP message: " + text);
    }

    public void fatal(String text) throws IOException {
        String at = text.startsWith("Uncaught")
                ? "%s in %s:1\nStack trace:\n#0 {main}\n  thrown in %s on line 1"
                        .formatted(text, request.scriptFile(), request.scriptFile())
                : "%s in %s on line 1".formatted(text, request.scriptFile());
        message("PHP Fatal error:  " + at);
        if (!headSent) {
            status = 500;
        }
        throw new ScriptEndedException();
    }

    void exit() {
        throw new ScriptEndedException();
    }

    /** The response was written by hand; nothing of PHP's own follows. */
    public void rawSent() {
        raw = true;
        throw new ScriptEndedException();
    }

    private void finish() throws IOException {
        if (!raw) {
            drain();
        }
    }

    /** Whether the response was written by hand. */
    boolean raw() {
        return raw;
    }
}
