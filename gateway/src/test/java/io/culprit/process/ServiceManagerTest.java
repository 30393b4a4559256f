package io.culprit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.loop.IoLoop;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.xnio.OptionMap;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** What a service manager hears, as sd_notify(3) has it. */
class ServiceManagerTest {
    private Path socket;
    private AFUNIXDatagramSocket heard;
    private XnioWorker worker;
    private IoLoop loop;

    @BeforeEach
    void open() throws IOException {
        socket = Files.createTempDirectory("sd").resolve("n");
        heard = AFUNIXDatagramSocket.newInstance();
        heard.bind(AFUNIXSocketAddress.of(socket.toFile()));
        heard.setSoTimeout(5_000);
        worker = Xnio.getInstance().createWorker(OptionMap.EMPTY);
        loop = new IoLoop(worker.getIoThread(0), 0);
    }

    @AfterEach
    void close() throws IOException {
        worker.shutdownNow();
        heard.close();
        Files.deleteIfExists(socket);
        Files.delete(socket.getParent());
    }

    private String next() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        heard.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void readyReloadAndStopAreTold() throws IOException {
        try (ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", socket.toString()))) {
            manager.ready(List.of(loop));
            manager.reloading();
            manager.reloaded();
            manager.stopping();
        }
        assertEquals("READY=1", next());
        assertTrue(next().matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
        assertEquals("READY=1", next());
        assertTrue(next().startsWith("STOPPING=1"));
    }

    @Test
    void theWatchdogIsFedWhileIoThreadsAnswerAndNotWhenOneHangs() throws Exception {
        try (ServiceManager manager =
                ServiceManager.of(Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "200000"))) {
            manager.ready(List.of(loop));
            assertEquals("READY=1", next());
            assertEquals("WATCHDOG=1", next());
            assertEquals("WATCHDOG=1", next());
            CountDownLatch hang = new CountDownLatch(1);
            CountDownLatch hangs = new CountDownLatch(1);
            loop.execute(() -> {
                hangs.countDown();
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            hangs.await();
            heard.setSoTimeout(1_000);
            // what was on its way when it began to hang may still come
            assertThrows(SocketTimeoutException.class, () -> {
                next();
                next();
            });
            hang.countDown();
            assertEquals("WATCHDOG=1", next());
        }
    }

    @Test
    void anotherProcessWatchdogIsNotFed() throws IOException {
        try (ServiceManager manager = ServiceManager.of(
                Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "20000", "WATCHDOG_PID", "1"))) {
            manager.ready(List.of(loop));
            assertEquals("READY=1", next());
            heard.setSoTimeout(300);
            assertThrows(SocketTimeoutException.class, this::next);
        }
    }

    @Test
    void nobodyToTellIsNoFault() {
        try (ServiceManager manager = ServiceManager.of(Map.of())) {
            manager.ready(List.of(loop));
            manager.stopping();
        }
    }
}
