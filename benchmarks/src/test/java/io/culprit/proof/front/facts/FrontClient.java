package io.culprit.proof.front.facts;

import io.culprit.proof.front.facts.FrontScript.Step;
import io.culprit.proof.front.facts.FrontScript.Word;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Scripts that openssl's client plays: what the JDK's does not offer, sessions of its own choice and what is said by its keys. */
final class FrontClient {
    private static final Set<String> VERBS = Set.of("openssl", "keys", "session", "early");
    private static final Pattern ALERT_NUMBER = Pattern.compile("SSL alert number (\\d+)");
    private static final Pattern AGREED = Pattern.compile("Cipher is (?!\\(NONE)");
    private static final Pattern PROTOCOL = Pattern.compile("ALPN protocol: (\\S+)");
    private static final Pattern WORDS = Pattern.compile(
            "(?<said>no renegotiation|KEYUPDATE)|Early data was (?<early>accepted|rejected|not)|^(?<session>Reused|New)(?=, )"
                    + "|HTTP/1.1 (?<status>\\d+)",
            Pattern.MULTILINE);
    private static final String GET = "GET /ok HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
    /** Long enough for what a server says to a key, and for a client that waits for more. */
    private static final int HELD_MILLIS = 1_000;

    private FrontClient() {}

    static boolean plays(Step step) {
        return VERBS.contains(step.verb());
    }

    static String play(Step step, String listener, Map<String, Integer> ports, FrontTls tls) throws Exception {
        int port = ports.get(listener);
        List<String> arguments = new ArrayList<>(List.of("-servername", "a.test"));
        step.rest().stream()
                .filter(each -> !each.quoted() && !each.text().startsWith("from="))
                .map(Word::text)
                .forEach(arguments::add);
        return switch (step.verb()) {
            case "openssl" -> handshake(talk(port, arguments, "", 0));
            case "keys" ->
                words(talk(port, arguments, step.text(1), HELD_MILLIS), false).replace("early data not ", "");
            case "session" -> {
                Path session = session(port, arguments, tls);
                String first = Files.exists(session) ? "ok " : "no session ";
                arguments.addAll(List.of("-sess_in", session.toString(), "-ign_eof"));
                String second = talk(port, arguments, GET, 0);
                yield first
                        + words(second, true)
                                .replace("early data not ", "")
                                .replace("Reused", "Reused " + handshake(second));
            }
            default -> {
                boolean second = step.words().size() > 1;
                int source = second ? ports.get(step.words().get(1).value()) : port;
                Path session = session(source, arguments, tls);
                Path data = Files.writeString(tls.file("data" + port + second), GET);
                arguments.addAll(List.of("-sess_in", session.toString(), "-early_data", data.toString()));
                yield words(talk(port, arguments, second ? GET : "", HELD_MILLIS), true);
            }
        };
    }

    /** What a first connection is given for the next. */
    private static Path session(int port, List<String> arguments, FrontTls tls) throws Exception {
        Path file = tls.file("session" + port + arguments.hashCode());
        List<String> first = new ArrayList<>(arguments);
        first.addAll(List.of("-sess_out", file.toString(), "-ign_eof"));
        talk(port, first, GET, 0);
        return file;
    }

    /**
     * What openssl's client says of a connection on which this is said.
     *
     * @param held for how long its input stays open, where it may end before the connection does
     */
    private static String talk(int port, List<String> arguments, String said, int held) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Oracle.program("openssl", "openssl"), "s_client", "-connect", "127.0.0.1:" + port));
        command.addAll(arguments);
        Path output = Files.createTempFile("s", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (held > 0) { // for HAProxy a key in the middle of the handshake ends it
                until(output, process, "Verify return code");
            }
            for (String line : said.split("(?<=^[KR]\n)")) { // a key counts where it is alone in what is read
                process.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
                process.getOutputStream().flush();
                if (line.equals("K\n")) {
                    until(output, process, "KEYUPDATE");
                }
            }
            process.waitFor(held, TimeUnit.MILLISECONDS);
            process.getOutputStream().close();
        } catch (IOException e) {
            // it has ended already, which its output explains
        }
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("openssl did not end: " + Files.readString(output, StandardCharsets.ISO_8859_1));
        }
        String all = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        return all;
    }

    private static void until(Path output, Process process, String said) {
        TestGateway.await("openssl says " + said, () -> {
            try {
                return !process.isAlive()
                        || Files.readString(output, StandardCharsets.ISO_8859_1).contains(said);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String handshake(String said) {
        FrontVerdict verdict = new FrontVerdict();
        Matcher alert = ALERT_NUMBER.matcher(said);
        if (alert.find()) {
            verdict.alert(Integer.parseInt(alert.group(1)));
        } else if (AGREED.matcher(said).find()) {
            Matcher protocol = PROTOCOL.matcher(said);
            verdict.handshake(protocol.find() ? protocol.group(1) : "");
        }
        return verdict.toString();
    }

    /** The words of {@link FrontVerdict#measured} that its output has, first of early data and whether the session is an old one. */
    private static String words(String said, boolean sessions) {
        FrontVerdict verdict = new FrontVerdict();
        String session = "";
        String early = "";
        List<String> rest = new ArrayList<>();
        Matcher found = WORDS.matcher(said);
        while (found.find()) {
            if (found.group("said") != null) {
                rest.add(found.group("said"));
            } else if (found.group("early") != null) {
                early = "early data " + found.group("early");
            } else if (found.group("session") != null) {
                session = session.isEmpty() ? found.group("session") : session;
            } else {
                rest.add(found.group("status"));
            }
        }
        if (!early.isEmpty()) {
            verdict.word(early);
        }
        if (sessions) {
            verdict.word(session);
        }
        rest.forEach(verdict::word);
        return verdict.toString();
    }
}
