package io.culprit.proof.front.facts;

import io.culprit.proof.front.facts.FrontScript.Step;
import io.culprit.proof.front.facts.FrontScript.Word;
import io.culprit.proof.harness.Certs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plays one script against one port. What is sent without anything between goes out in one piece. */
final class FrontPlayer {
    private static final Pattern ALERT_NUMBER = Pattern.compile("SSL alert number (\\d+)");
    private static final Pattern AGREED = Pattern.compile("Cipher is (?!\\(NONE)");
    private static final int PATIENCE_MILLIS = 1_800;
    private static final int AWAIT_MILLIS = 4_000;
    /** Long enough for what a server says behind an answer. */
    private static final int BEHIND_MILLIS = 200;

    private final FrontTls tls;
    private final FrontWire wire;
    private final FrontVerdict verdict;
    private final FrontFrames frames;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final ByteArrayOutputStream came = new ByteArrayOutputStream();
    private final Set<Integer> asked = new HashSet<>();
    private boolean http2;
    private int patience = PATIENCE_MILLIS;

    private FrontPlayer(FrontTls tls, FrontWire wire, FrontVerdict verdict) {
        this.tls = tls;
        this.wire = wire;
        this.verdict = verdict;
        this.frames = new FrontFrames(verdict);
    }

    /** What the client of this script saw. */
    static String play(FrontScript script, int port, FrontTls tls) throws Exception {
        Step first = script.steps().get(0);
        if (first.verb().equals("openssl")) {
            return openssl(port, first.rest());
        }
        FrontVerdict verdict = new FrontVerdict();
        try (FrontWire wire = new FrontWire(port, verdict)) {
            return new FrontPlayer(tls, wire, verdict).run(script.steps());
        }
    }

    private static String openssl(int port, List<Word> words) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-servername", "a.test"));
        words.forEach(each -> arguments.add(each.text()));
        String said = Certs.client(port, arguments.toArray(new String[0]));
        FrontVerdict verdict = new FrontVerdict();
        Matcher alert = ALERT_NUMBER.matcher(said);
        if (alert.find()) {
            verdict.alert(Integer.parseInt(alert.group(1)));
        } else if (AGREED.matcher(said).find()) {
            verdict.handshake("");
        }
        return verdict.toString();
    }

    private String run(List<Step> steps) throws Exception {
        for (Step each : steps) {
            step(each);
        }
        flush();
        if (http2 && !asked.isEmpty()) {
            receive(patience, patience, () -> asked.stream().allMatch(verdict::answered));
            receive(BEHIND_MILLIS, BEHIND_MILLIS, () -> false);
        }
        if (!http2 || asked.isEmpty() || verdict.givenUp()) {
            receive(Integer.MAX_VALUE / 2, patience, () -> false);
        }
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
            case "drip" -> drip(step.millis(1), step.bytes(2));
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
        receive(1_000, 300, () -> false);
        if (came.size() > 0) {
            verdict.word("flight");
            came.reset();
        }
    }
}
