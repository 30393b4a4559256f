package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.pool.FpmLog;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.script.PhpApplication;
import io.culprit.sim.script.Scripts;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Malformed records to the simulated FPM: every one ends, no worker is lost, good requests are served afterwards. */
class SimFuzzTest {
    private static final int REQUESTS = 1500;

    @Test
    void malformedRecordsLeaveAllWorkersAlive() throws Exception {
        PoolConfig pool = PoolConfig.ofStatic("fuzz", "127.0.0.1:0", 4, 256);
        Random random = new Random(20_261_124);
        byte[] good = FcgiClient.encode(Map.of(
                "SCRIPT_FILENAME",
                "/srv/www/index.php",
                "SCRIPT_NAME",
                "/index.php",
                "REQUEST_METHOD",
                "POST",
                "CONTENT_LENGTH",
                "4",
                "REQUEST_URI",
                "/index.php"));
        try (Master fpm =
                Master.start(MasterConfig.of(pool), new PhpApplication(Scripts.byQuery()), new FpmLog("/dev/null"))) {
            for (int i = 0; i < REQUESTS; i++) {
                byte[] bad = mutated(good, random);
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress("127.0.0.1", fpm.pool().port()), 2_000);
                    socket.getOutputStream().write(bad);
                    socket.shutdownOutput();
                    socket.setSoTimeout(5_000);
                    while (socket.getInputStream().read() >= 0) {
                        // whatever it says, it must end
                    }
                } catch (java.net.SocketException e) {
                    // a reset is FPM's answer to what it does not understand
                }
            }
            TestGateway.await("all workers are idle", () -> fpm.pool().figures().idle() == 4);
            assertEquals(4, fpm.pool().workers().size());
            byte[] plain = FcgiClient.encode(Map.of(
                    "SCRIPT_FILENAME", "/srv/www/index.php", "SCRIPT_NAME", "/index.php", "REQUEST_METHOD", "GET"));
            try (Socket last = new Socket("127.0.0.1", fpm.pool().port())) {
                last.getOutputStream().write(plain);
                String answer = new String(last.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertEquals(true, answer.contains("Content-type: text/html"), answer);
            }
        }
    }

    private static byte[] mutated(byte[] good, Random random) {
        byte[] bad = good.clone();
        int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(3) == 0 ? java.util.Arrays.copyOf(bad, random.nextInt(bad.length)) : bad;
    }
}
