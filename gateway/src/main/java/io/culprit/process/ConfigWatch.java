package io.culprit.process;

import io.culprit.config.ConfigSource;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Has the configuration taken anew when its files say something else, such as a mounted ConfigMap that Kubernetes has replaced. Files
 * are compared by content, since a mount changes names and times without changing a word. Files with problems are reloaded too,
 * once, so that the refusal is told. Owned by its own thread.
 */
final class ConfigWatch implements AutoCloseable {
    private final Supplier<ConfigSource> source;
    private final Runnable reload;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "config-watch");
        thread.setDaemon(true);
        return thread;
    });
    private String tried;

    /**
     * @param source of the configuration in force
     * @param reload takes the files anew and says what came of it
     */
    ConfigWatch(Supplier<ConfigSource> source, Runnable reload) {
        this.source = source;
        this.reload = reload;
        this.tried = source.get().fingerprint().hex();
    }

    void start(Duration every) {
        timer.scheduleWithFixedDelay(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    void look() {
        ConfigSource.Present present = source.get().present();
        String now = present.problems().isEmpty()
                ? present.hash()
                : present.problems().toString();
        if (!now.equals(tried)) {
            tried = now;
            reload.run();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
