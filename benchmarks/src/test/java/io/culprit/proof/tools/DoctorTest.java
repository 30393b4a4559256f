package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.culprit.proof.fpm.RealFpm;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.triage.doctor.Doctor;
import io.culprit.triage.doctor.Step;
import io.culprit.triage.doctor.Step.State;
import io.culprit.triage.probe.FastCgiProbe;
import io.culprit.triage.probe.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Real PHP-FPM, broken in one way after the other: doctor names it, and within its two seconds where the machine lets it. */
class DoctorTest {
    @Test
    void aPoolThatIsWellIsFine() throws Exception {
        try (RealFpm fpm = RealFpm.start("", "pm = static\npm.max_children = 2")) {
            List<Step> steps = Doctor.look("unix:" + fpm.socket());
            assertEquals(State.FINE, step(steps, "socket").state(), steps.toString());
            assertEquals(State.FINE, step(steps, "accept queue").state(), steps.toString());
            assertEquals(State.FINE, step(steps, "FPM answers").state(), steps.toString());
        }
    }

    @Test
    void aPoolThatWasStoppedLeavesItsSocketMissing() throws Exception {
        Path socket;
        try (RealFpm fpm = RealFpm.start("", "pm = static\npm.max_children = 1")) {
            socket = fpm.socket();
        }
        assertCause("connect.socket-missing", Doctor.look("unix:" + socket));
    }

    @Test
    void aSocketThatIsLeftOverIsRefused() throws Exception {
        Path socket = Files.createTempDirectory("d").resolve("x.sock");
        Process listener = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.bind(\"%s\")'"
                                .formatted(socket))
                .start();
        assertEquals(0, listener.waitFor());
        assertCause("connect.refused", Doctor.look("unix:" + socket));
    }

    @Test
    void aFullPoolIsFull() throws Exception {
        try (RealFpm fpm = RealFpm.start("", "pm = static\npm.max_children = 1\nlisten.backlog = 2")) {
            fpm.script("slow.php", "<?php sleep(4);");
            List<CompletableFuture<Void>> busy = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                busy.add(CompletableFuture.runAsync(() -> {
                    try {
                        FastCgiProbe.ask("unix:" + fpm.socket(), fpm.root() + "/slow.php", "", 6_000);
                    } catch (IOException e) {
                        assertTrue(e.getMessage() != null, "refused while the queue is full");
                    }
                }));
            }
            TestGateway.await("the queue fills up", () -> {
                try {
                    return Doctor.look("unix:" + fpm.socket()).stream()
                            .anyMatch(s -> s.name().startsWith("accept queue") && s.state() != State.FINE);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Step worst = Doctor.verdict(Doctor.look("unix:" + fpm.socket())).orElseThrow();
            assertTrue(
                    List.of("connect.backlog-full", "pool.max-children", "head.timeout")
                            .contains(worst.diagnosis().orElseThrow().id()),
                    worst.toString());
            busy.forEach(CompletableFuture::join);
        }
    }

    @Test
    void aSocketThatTheWebServerMayNotWriteToIsDenied() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        org.junit.jupiter.api.Assumptions.assumeTrue(root, "only root can start a web server as another user");
        try (Oracle nginx = Oracle.start("nginx", Map.of("SIM", 1, "BACKLOG", 1));
                RealFpm fpm = RealFpm.start(
                        "", "pm = static\npm.max_children = 1\nlisten.owner = root\nlisten.group = root")) {
            assertTrue(nginx.port() > 0);
            Files.setPosixFilePermissions(fpm.socket(), PosixFilePermissions.fromString("rw-rw----"));
            assertCause("connect.socket-denied", Doctor.look("unix:" + fpm.socket()));
        }
    }

    @Test
    void whatSpeaksAnotherProtocolIsNamed() throws Exception {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.start();
        try {
            List<Step> steps =
                    Doctor.look("fastcgi://127.0.0.1:" + http.getAddress().getPort());
            Step answer = step(steps, "FPM answers");
            assertEquals(State.BAD, answer.state(), steps.toString());
        } finally {
            http.stop(0);
        }
    }

    @Test
    void aPageIsLookedAtPhaseByPhase() throws Exception {
        try (Oracle nginx = Oracle.start("nginx", Map.of("SIM", 1, "BACKLOG", 1))) {
            List<Step> steps = Doctor.look("http://127.0.0.1:" + nginx.port() + "/");
            assertEquals(State.FINE, step(steps, "connect").state());
            Step request = step(steps, "request");
            assertEquals(State.BAD, request.state());
            assertTrue(request.text().contains("502") && request.text().contains("written by nginx"), request.text());
        }
    }

    @Test
    void aServerThatNeverAnswersEndsTheLookInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            List<Step> steps = lookInTime("http://127.0.0.1:" + silent.getLocalPort() + "/");
            assertEquals(
                    "head.timeout",
                    step(steps, "request").diagnosis().orElseThrow().id());
        }
    }

    /** The hand that says nothing is the handshake's, and its stop-watch ran. */
    @Test
    void aServerThatSaysNothingToAHandshakeIsATimeoutOfTls() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            List<Step> steps = lookInTime("https://127.0.0.1:" + silent.getLocalPort() + "/");
            Step tls = step(steps, "TLS");
            assertEquals("tls.timeout", tls.diagnosis().orElseThrow().id());
            assertTrue(tls.millis() > 500, tls.toString());
        }
    }

    /** A byte now and then does not keep anybody waiting for longer than the whole may take. */
    @Test
    void aServerThatDripsEndsTheLookInTime() throws Exception {
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules())) {
            List<Step> steps =
                    lookInTime("http://127.0.0.1:" + sim.port() + "/?fault=drip&at=body&every=200ms&size=1000");
            assertEquals(State.FINE, step(steps, "request").state(), steps.toString());
        }
    }

    @Test
    void aPortThatIsNoneIsWrongUsage() {
        IllegalArgumentException told =
                assertThrows(IllegalArgumentException.class, () -> Target.of("http://127.0.0.1:99999/"));
        assertEquals("http://127.0.0.1:99999/: port 99999 is not from 1 to 65535", told.getMessage());
    }

    /** The two seconds of a look, and room for a machine that is busy. */
    private static List<Step> lookInTime(String target) throws InterruptedException {
        long start = System.nanoTime();
        List<Step> steps = Doctor.look(target);
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 6_000, millis + " ms");
        return steps;
    }

    private static void assertCause(String cause, List<Step> steps) {
        Step worst = Doctor.verdict(steps).orElseThrow();
        assertEquals(cause, worst.diagnosis().orElseThrow().id(), steps.toString());
        assertTrue(!worst.next().isEmpty(), "a verdict without the next command");
    }

    private static Step step(List<Step> steps, String name) {
        return steps.stream()
                .filter(s -> s.name().startsWith(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " not in " + steps));
    }
}
