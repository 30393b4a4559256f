package io.culprit.proof.front.facts;

import io.culprit.proof.front.facts.FrontScript.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Plays one script against one port. What is sent without anything between goes out in one piece. */
final class FrontPlayer {
    private static final int PATIENCE_MILLIS = 1_800;
    private static final int AWAIT_MILLIS = 4_000;
    /** Long enough for what a server says behind an answer. */
    private static final int BEHIND_MILLIS = 200;
    /** Of what is sent before one looks for what came. */
    private static final int PIECE = 4_096;

    private final FrontTls tls;
    private final FrontWire wire;
    private final FrontVerdict verdict;
    private final FrontFrames frames;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final ByteArrayOutputStream came = new ByteArrayOutputStream();
    private final Set<Integer> asked = new HashSet<>();
    private boolean http2;
    private int patience = PATIENCE_MILLIS;
    private String end = "";

    private FrontPlayer(FrontTls tls, FrontWire wire, FrontVerdict verdict) {
        this.tls = tls;
        this.wire = wire;
        this.verdict = verdict;
        this.frames = new FrontFrames(verdict);
    }

    /** What is made of one script. */
    interface Play {
        String of(FrontScript script) throws Exception;
    }

    /** What came of each, by its id; some at a time, for most of the time is waiting, so the longest come first. */
    static Map<String, String> all(List<FrontScript> scripts, int atOnce, Play play) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            Map<String, Future<String>> running = new LinkedHashMap<>();
            scripts.stream()
                    .sorted(Comparator.comparingInt(FrontScript::waits).reversed())
                    .forEach(each -> running.put(each.id(), threads.submit(() -> play.of(each))));
            Map<String, String> results = new LinkedHashMap<>();
            for (Map.Entry<String, Future<String>> each : running.entrySet()) {
                results.put(each.getKey(), each.getValue().get(90, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** What the client of this script saw. */
    static String play(FrontScript script, Map<String, Integer> ports, FrontTls tls) throws Exception {
        Step first = script.steps().get(0);
        if (first.verb().equals("times")) {
            List<Step> again = script.steps().subList(1, script.steps().size());
            String last = "";
            for (int i = 0; i < first.number(1); i++) {
                last = play(new FrontScript(script.id(), script.listener(), again, script.cause()), ports, tls);
            }
            return last;
        }
        if (FrontClient.plays(first)) {
            return FrontClient.play(first, script.listener(), ports, tls);
        }
        FrontVerdict verdict = new FrontVerdict();
        try (FrontWire wire = new FrontWire(ports.get(script.listener()), verdict)) {
            return new FrontPlayer(tls, wire, verdict).run(script.steps());
        }
    }

    private String run(List<Step> steps) throws Exception {
        for (int at = 0; at < steps.size(); at++) {
            if (steps.get(at).verb().equals("flood")) {
                List<Step> frames = steps.subList(at + 1, steps.size()).stream()
                        .takeWhile(each -> !each.verb().equals("done"))
                        .toList();
                flush();
                flood(steps.get(at), frames);
                at += frames.size() + 1;
            } else {
                step(steps.get(at));
            }
        }
        flush();
        if (!end.isEmpty()) {
            return said() + end;
        }
        if (http2 && !asked.isEmpty()) {
            receive(patience, patience, () -> asked.stream().allMatch(verdict::answered));
            receive(BEHIND_MILLIS, BEHIND_MILLIS, () -> false);
        }
        if (!http2 || asked.isEmpty() || verdict.givenUp()) {
            receive(Integer.MAX_VALUE / 2, patience, () -> false);
        }
        return said();
    }

    private String said() {
        if (http2) {
            frames.end();
        } else {
            FrontAnswers.judge(came.toByteArray(), wire.secured(), verdict);
        }
        return verdict.toString();
    }

    private void flush() throws IOException {
        if (pending.size() > 0 && !wire.ended() && !verdict.givenUp()) {
            wire.write(pending.toByteArray());
        }
        pending.reset();
    }

    /** The frames again and again, until the server has enough; the client listens in between, unless it is to be deaf. */
    private void flood(Step step, List<Step> frames) throws IOException {
        boolean deaf = step.words().size() > 2 && step.words().get(2).isBare("deaf");
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        for (int i = 1; i <= step.number(1) && !wire.ended() && !verdict.givenUp(); i++) {
            for (Step each : frames) {
                piece.writeBytes(FrontFrames.of(each.at(2 * i - 1)));
            }
            if (piece.size() >= PIECE || i == step.number(1)) {
                wire.write(piece.toByteArray());
                piece.reset();
                if (!deaf) {
                    receive(1, 1, () -> false);
                }
            }
        }
    }

    /** So many bytes through a tunnel, which come back meanwhile. */
    private void echo(int bytes) throws IOException {
        came.reset();
        for (int sent = 0; sent < bytes; sent += PIECE) {
            wire.write(new byte[Math.min(PIECE, bytes - sent)]);
            receive(1, 1, () -> false);
        }
        receive(AWAIT_MILLIS, AWAIT_MILLIS, () -> came.size() >= bytes);
        verdict.word("echoed " + came.size());
        came.reset();
    }

    /** Reads until the condition holds, at most so long in all and so long without a byte. */
    private void receive(int millis, int quiet, BooleanSupplier done) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (!wire.ended() && !done.getAsBoolean()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            byte[] bytes = wire.read((int) Math.min(left, quiet));
            if (bytes == FrontWire.LATE) {
                return;
            }
            if (http2) {
                frames.take(bytes, wire);
            } else {
                came.writeBytes(bytes);
            }
        }
    }

    private void step(Step step) throws Exception {
        byte[] frame = FrontFrames.of(step);
        if (frame != null) {
            if (step.verb().equals("headers")) {
                asked.add(step.number(1));
            }
            pending.writeBytes(frame);
            return;
        }
        if (step.verb().isEmpty()) {
            pending.writeBytes(step.bytes());
            return;
        }
        flush();
        switch (step.verb()) {
            case "h2" -> framesBegin();
            case "preface" -> {
                framesBegin();
                frames.answersFromNowOn();
                wire.write(FrontFrames.preface(step.rest()));
            }
            case "tls" -> {
                if (!wire.ended()) {
                    wire.handshake(tls.client(step.rest()));
                }
            }
            case "hello" -> wire.raw(tls.hello(step.rest()));
            case "flight" -> flight();
            case "inner" -> pending.writeBytes(tls.hello(List.of()));
            case "raw" -> wire.raw(step.bytes());
            case "pause" -> pause(step.millis(1));
            case "drip" ->
                drip(step.millis(1), step.words().get(2).isBare("hello") ? tls.hello(List.of()) : step.bytes(2));
            case "echo" -> echo(step.number(1));
            case "until" -> {
                receive(step.millis(1), step.millis(1), () -> false);
                end = FrontVerdict.end(wire.ended());
            }
            case "await" ->
                receive(
                        AWAIT_MILLIS,
                        AWAIT_MILLIS,
                        () -> came.toString(StandardCharsets.ISO_8859_1).contains(step.text(1)));
            case "answer" ->
                receive(AWAIT_MILLIS, AWAIT_MILLIS, () -> verdict.answered(step.number(1)) || verdict.givenUp());
            case "begun" -> receive(AWAIT_MILLIS, AWAIT_MILLIS, () -> verdict.begun(step.number(1)));
            case "notify" -> wire.closeNotify();
            case "fin" -> wire.fin();
            case "rst" -> wire.reset();
            case "patience" -> patience = step.millis(1);
            default -> throw new IllegalArgumentException("what is " + step.verb() + "?");
        }
    }

    private void framesBegin() {
        http2 = true;
        verdict.framesBegin();
    }

    /** What comes meanwhile is taken. */
    private void pause(int millis) throws Exception {
        long end = System.nanoTime() + millis * 1_000_000L;
        receive(millis, millis, () -> false);
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left > 0) {
            Thread.sleep(left);
        }
    }

    private void drip(int millis, byte[] bytes) throws InterruptedException {
        for (byte each : bytes) {
            wire.raw(new byte[] {each});
            Thread.sleep(millis);
        }
    }

    /** The server's half of the handshake, which is not looked at. */
    private void flight() throws IOException {
        receive(AWAIT_MILLIS, AWAIT_MILLIS, () -> came.size() > 0);
        receive(1_000, 300, () -> false);
        if (came.size() > 0) {
            verdict.word("flight");
            came.reset();
        }
    }
}
