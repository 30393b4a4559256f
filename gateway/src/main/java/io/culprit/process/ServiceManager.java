package io.culprit.process;

import io.culprit.loop.IoLoop;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What systemd is told of this process, as {@code sd_notify(3)} describes: that it is ready, reloads or stops, and with
 * {@code WatchdogSec} that every IO thread still answers; one that hangs has the gateway restarted. The datagrams go by
 * junixsocket, for the JDK has none on Unix sockets. Says nothing where {@code NOTIFY_SOCKET} is not set. Threads: any.
 */
final class ServiceManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private final String socket;
    private final long watchdogMicros;
    private final @Nullable ScheduledExecutorService watchdog;

    private ServiceManager(String socket, long watchdogMicros) {
        this.socket = socket;
        this.watchdogMicros = socket.isEmpty() ? 0 : watchdogMicros;
        this.watchdog = this.watchdogMicros == 0
                ? null
                : Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, "watchdog");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * @param environment with {@code NOTIFY_SOCKET}, a path or {@code @} and an abstract name, {@code WATCHDOG_USEC} in
     *     microseconds and {@code WATCHDOG_PID}, each where the service manager wants it
     */
    static ServiceManager of(Map<String, String> environment) {
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        boolean mine = pid.isEmpty()
                || pid.equals(Long.toString(ProcessHandle.current().pid()));
        return new ServiceManager(
                environment.getOrDefault("NOTIFY_SOCKET", ""),
                mine ? micros(environment.getOrDefault("WATCHDOG_USEC", "")) : 0);
    }

    private static long micros(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** The gateway listens; the watchdog is fed from now on, twice in its time. */
    void ready(List<IoLoop> loops) {
        tell("READY=1");
        if (watchdog != null) {
            long half = Math.max(1, watchdogMicros / 2);
            watchdog.scheduleWithFixedDelay(() -> feed(loops, half), 0, half, TimeUnit.MICROSECONDS);
        }
    }

    void reloading() {
        // CLOCK_MONOTONIC, which is what the JDK counts by on Linux
        tell("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    void reloaded() {
        tell("READY=1");
    }

    void stopping() {
        tell("STOPPING=1\nSTATUS=finishing what runs");
    }

    private void feed(List<IoLoop> loops, long micros) {
        CountDownLatch alive = new CountDownLatch(loops.size());
        loops.forEach(each -> each.execute(alive::countDown));
        try {
            if (alive.await(micros, TimeUnit.MICROSECONDS)) {
                tell("WATCHDOG=1");
            } else {
                LOG.error(
                        "{} of {} IO threads do not answer; the service manager will restart this process",
                        alive.getCount(),
                        loops.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String state) {
        if (socket.isEmpty()) {
            return;
        }
        byte[] message = state.getBytes(StandardCharsets.UTF_8);
        try (AFUNIXDatagramSocket datagrams = AFUNIXDatagramSocket.newInstance()) {
            datagrams.connect(
                    socket.startsWith("@")
                            ? AFUNIXSocketAddress.inAbstractNamespace(socket.substring(1))
                            : AFUNIXSocketAddress.of(new File(socket)));
            datagrams.send(new DatagramPacket(message, message.length));
        } catch (IOException | LinkageError e) {
            LOG.warn(
                    "the service manager at {} cannot be told \"{}\": {}",
                    socket,
                    state.lines().findFirst().orElse(""),
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        if (watchdog != null) {
            watchdog.shutdownNow();
        }
    }
}
