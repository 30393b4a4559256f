package io.culprit.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** Deadlines and spills on a real IO thread. */
@Tag("slow")
class LoopTest {
    private static XnioWorker worker;
    private static IoLoop loop;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws IOException {
        worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
        loop = new IoLoop(worker.getIoThread(0), 0);
    }

    @AfterAll
    static void stop() {
        worker.shutdown();
    }

    private static <T> T onLoop(Callable<T> task) throws Exception {
        return OnLoop.call(loop, task);
    }

    private static class Probe extends Deadline {
        final CompletableFuture<Long> fired = new CompletableFuture<>();
        int times;

        @Override
        protected void expired() {
            times++;
            fired.complete(System.nanoTime());
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "20", "333", "5300"})
    void aDeadlineFiresOnceAndNeverEarly(long millis) throws Exception {
        Probe probe = new Probe();
        long start = System.nanoTime();
        onLoop(() -> {
            loop.deadlines().arm(probe, TimeUnit.MILLISECONDS.toNanos(millis));
            return null;
        });
        long took = probe.fired.get(20, TimeUnit.SECONDS) - start;
        assertTrue(took >= TimeUnit.MILLISECONDS.toNanos(millis), took + " ns");
        assertEquals(1, onLoop(() -> probe.times));
    }

    @Test
    void aReArmedDeadlineFiresAtItsLastPlace() throws Exception {
        Probe probe = new Probe();
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            onLoop(() -> {
                loop.deadlines().arm(probe, TimeUnit.MILLISECONDS.toNanos(200));
                return null;
            });
            Thread.sleep(30);
        }
        assertTrue(probe.fired.get(20, TimeUnit.SECONDS) - start >= TimeUnit.MILLISECONDS.toNanos(470));
        assertEquals(1, onLoop(() -> probe.times));
    }

    @Test
    void disarmedAndRemovedDeadlinesStaySilentAndLeaveNothing() throws Exception {
        Probe disarmed = new Probe();
        Probe removed = new Probe();
        onLoop(() -> {
            loop.deadlines().arm(disarmed, 50_000_000);
            loop.deadlines().arm(removed, 50_000_000);
            disarmed.disarm();
            loop.deadlines().remove(removed);
            return null;
        });
        Probe later = new Probe();
        onLoop(() -> {
            loop.deadlines().arm(later, 150_000_000);
            return null;
        });
        later.fired.get(20, TimeUnit.SECONDS);
        assertEquals(0, disarmed.times + removed.times);
        assertEquals(0, onLoop(() -> loop.deadlines().linked()));
    }

    @Test
    void anExpiryMayArmAndRemoveItsNeighbours() throws Exception {
        List<Probe> probes = new ArrayList<>();
        CompletableFuture<Void> again = new CompletableFuture<>();
        onLoop(() -> {
            for (int i = 0; i < 50; i++) {
                probes.add(new Probe() {
                    @Override
                    protected void expired() {
                        super.expired();
                        for (Probe each : probes) {
                            loop.deadlines().remove(each);
                        }
                        loop.deadlines()
                                .arm(
                                        new Deadline() {
                                            @Override
                                            protected void expired() {
                                                again.complete(null);
                                            }
                                        },
                                        10_000_000);
                    }
                });
                loop.deadlines().arm(probes.get(i), 20_000_000);
            }
            return null;
        });
        again.get(20, TimeUnit.SECONDS);
        assertEquals(1, onLoop(() -> probes.stream().mapToInt(p -> p.times).sum()), "the first removed all others");
    }

    @Test
    void thousandsOfRandomDeadlinesAllFire() throws Exception {
        Random random = new Random(1);
        List<Probe> probes = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i < 5000; i++) {
                Probe probe = new Probe();
                probes.add(probe);
                loop.deadlines().arm(probe, 1 + random.nextInt(600_000_000));
            }
            return null;
        });
        for (Probe probe : probes) {
            probe.fired.get(20, TimeUnit.SECONDS);
        }
        assertEquals(0, onLoop(() -> loop.deadlines().linked()));
    }

    @ParameterizedTest
    @CsvSource({"100, 0, 64", "65536, 0, 100", "1000, 100000, 777", "0, 300000, 4096", "16384, 300000, 50000"})
    void aSpillGivesBackWhatItTookInOrder(int memory, int disk, int piece) throws Exception {
        onLoop(() -> {
            int before = loop.lent();
            for (boolean keep : new boolean[] {false, true}) {
                Spill spill = spill(memory, disk, directory);
                if (keep) {
                    spill.keep();
                }
                byte[] data = new byte[memory + disk];
                new Random(7).nextBytes(data);
                for (int at = 0; at < data.length; at += piece) {
                    spill.append(ByteBuffer.wrap(data, at, Math.min(piece, data.length - at)));
                }
                assertEquals(data.length, spill.remaining());
                assertTrue(spill.full());
                for (int round = 0; round < (keep ? 2 : 1); round++) {
                    ByteBuffer out = ByteBuffer.allocate(data.length);
                    int[] calls = {0};
                    while (!spill.drain(bytes -> {
                        // a target that takes odd amounts, and sometimes nothing
                        int n = calls[0]++ % 3 == 2 ? 0 : Math.min(bytes.remaining(), 1 + calls[0] % 5000);
                        for (int i = 0; i < n; i++) {
                            out.put(bytes.get());
                        }
                    })) {
                        // goes on
                    }
                    assertEquals(ByteBuffer.wrap(data), out.flip());
                    if (keep) {
                        spill.rewind();
                    }
                }
                spill.release();
            }
            assertEquals(before, loop.lent());
            return null;
        });
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count(), "temporary files have no name");
        }
    }

    @Test
    void aSpillBeyondItsLimitRefusesWhole() throws Exception {
        onLoop(() -> {
            Spill spill = spill(1000, 0, directory);
            ByteBuffer tooMuch = ByteBuffer.allocate(1000 + 5 * IoLoop.BUFFER_SIZE);
            assertThrows(SpillLimitException.class, () -> spill.append(tooMuch));
            assertEquals(0, spill.size());
            assertEquals(tooMuch.capacity(), tooMuch.remaining());
            return null;
        });
    }

    @Test
    void aMissingDirectoryIsAnErrorNotALoss() throws Exception {
        onLoop(() -> {
            Spill spill = spill(0, 1000, directory.resolve("missing")).keep();
            assertThrows(IOException.class, () -> spill.append(ByteBuffer.allocate(10)));
            spill.release();
            return null;
        });
    }

    private static Spill spill(long memory, long disk, Path directory) {
        return new Spill(loop, new MemoryAccount(loop, Optional.empty()), memory, disk, new TempFiles(directory, 100));
    }

    @Test
    void aResponseWithoutDiskWaitsInMemoryAndAsksForAPause() throws Exception {
        onLoop(() -> {
            int before = loop.lent();
            Spill spill = spill(100, 1_000_000, directory.resolve("missing"));
            byte[] data = new byte[40_000];
            new Random(3).nextBytes(data);
            spill.append(ByteBuffer.wrap(data, 0, 20_000));
            assertTrue(spill.full(), "nobody should read more");
            spill.append(ByteBuffer.wrap(data, 20_000, 20_000));
            ByteBuffer out = ByteBuffer.allocate(data.length);
            assertTrue(spill.drain(out::put));
            assertEquals(ByteBuffer.wrap(data), out.flip());
            assertTrue(!spill.full(), "there is room again");
            spill.release();
            assertEquals(before, loop.lent());
            return null;
        });
    }
}
