package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.pool.FpmLog;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.script.PhpApplication;
import io.culprit.sim.script.Scripts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clients nobody here wrote talk to the simulated FPM: nginx and cgi-fcgi; and it speaks HTTP where that is asked for. */
class SimClientsTest {
    private static Master start(String listen, PoolConfig.Protocol protocol) throws IOException {
        PoolConfig pool = PoolConfig.ofStatic("sim", listen, 4, 64);
        PoolConfig spoken = new PoolConfig(
                pool.name(),
                pool.listen(),
                pool.listenMode(),
                protocol,
                pool.pm(),
                pool.maxChildren(),
                1,
                1,
                1,
                pool.processIdleTimeout(),
                0,
                pool.backlog(),
                pool.requestTerminateTimeout(),
                pool.requestSlowlogTimeout(),
                "",
                pool.maxExecutionTime(),
                pool.statusPath(),
                pool.statusListen(),
                pool.pingPath(),
                pool.pingResponse(),
                pool.memory(),
                "");
        return Master.start(MasterConfig.of(spoken), new PhpApplication(Scripts.byQuery()), new FpmLog("/dev/null"));
    }

    @Test
    void nginxIsServed() throws Exception {
        try (Master fpm = start("127.0.0.1:0", PoolConfig.Protocol.FASTCGI);
                Oracle nginx =
                        Oracle.start("nginx-fastcgi", Map.of("FPM", fpm.pool().port()))) {
            for (String target : List.of("/index.php", "/x.php?out=20k", "/x.php?drip=1k,10ms,20")) {
                RawResponse response = RawResponse.exchange(
                        nginx.port(), "GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
                assertEquals("200", response.verdict(false), target);
            }
            byte[] post =
                    ("POST /x.php?echo=done HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n"
                                    + "x".repeat(3_000_000))
                            .getBytes(StandardCharsets.US_ASCII);
            assertEquals("200", RawResponse.exchange(nginx.port(), post, 10_000).verdict(false));
            RawResponse missing = RawResponse.exchange(
                    nginx.port(), "GET /none.php HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            assertEquals(404, missing.status());
            TestGateway.await(
                    "all workers are free again", () -> fpm.pool().figures().active() == 0);
        }
    }

    @Test
    void cgiFcgiIsServed() throws Exception {
        String program = Oracle.program("cgi-fcgi", "libfcgi-bin");
        Path socket = Files.createTempDirectory("q").resolve("s.sock");
        try (Master fpm = start(socket.toString(), PoolConfig.Protocol.FASTCGI)) {
            ProcessBuilder builder = new ProcessBuilder(program, "-bind", "-connect", socket.toString());
            builder.environment()
                    .putAll(Map.of(
                            "SCRIPT_NAME",
                            "/ping",
                            "SCRIPT_FILENAME",
                            "/ping",
                            "REQUEST_METHOD",
                            "GET",
                            "QUERY_STRING",
                            ""));
            Process process = builder.start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor());
            assertTrue(out.endsWith("\r\n\r\npong"), out);
            assertEquals(4, fpm.pool().workers().size());
        }
    }

    @Test
    void workersSpeakHttpWhereThatIsAskedFor() throws Exception {
        try (Master fpm = start("127.0.0.1:0", PoolConfig.Protocol.HTTP);
                TestGateway gateway = TestGateway.before(fpm.pool().port(), "timeouts: { read: 2s }")) {
            assertEquals("200", gateway.get("/any?echo=hello").verdict(false));
            assertEquals("200", gateway.get("/any?drip=1k,10ms,5").verdict(false));
            RawResponse crashed = gateway.get("/any?query=50ms&crash");
            assertEquals(502, crashed.status());
            assertTrue(crashed.cause().startsWith("head."), crashed.cause());
            TestGateway.await(
                    "the worker was replaced", () -> fpm.pool().workers().size() == 4);
        }
    }
}
