package io.culprit.triage.whose;

import com.google.re2j.Pattern;
import io.culprit.triage.probe.Answer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who wrote an answer.
 *
 * @param writer the kind of server, empty where the answer does not say
 * @param certain whether that is proven, or only a sign points to it
 * @param passed kinds of servers it came through, as far as they left a trace
 * @param clues what gave it away, each with what it proves and what not
 */
public record Authorship(String writer, boolean certain, List<String> passed, List<Clue> clues) {
    private static final Pattern NGINX_PAGE = Pattern.compile("<hr><center>(nginx[^<]*)</center>");

    /**
     * A part of the answer that gives something away.
     *
     * @param where header, body or status
     * @param text what stands there
     * @param says what it proves, and what not
     */
    public record Clue(String where, String text, String says) {}

    /** Judges an answer. */
    public static Authorship of(Answer answer) {
        Fingerprint proof = null;
        Fingerprint sign = null;
        Set<String> passed = new LinkedHashSet<>();
        List<Clue> clues = new ArrayList<>();
        for (Fingerprint each : Fingerprint.all()) {
            String found = each.found(answer);
            if (found == null) {
                continue;
            }
            boolean telling = each.isPassing() || proof == null && (each.proof() || sign == null);
            if (telling) {
                clues.add(new Clue(
                        each.where(), found.length() > 160 ? found.substring(0, 160) + "..." : found, each.says()));
            }
            if (each.isPassing()) {
                passed.add(each.writer().substring("passed:".length()));
            } else if (each.proof() && proof == null) {
                proof = each;
            } else if (!each.proof() && sign == null) {
                sign = each;
            }
        }
        Fingerprint best = proof != null ? proof : sign;
        String writer = best == null ? "" : best.writer();
        // What an intermediary says of itself weighs less than bytes that only another one writes.
        boolean own = false;
        for (Hop hop : Hop.of(answer)) {
            clues.add(new Clue("proxy-status", hop.name(), hop.says()));
            if (hop.made() && (proof == null || own)) {
                own = true;
                writer = hop.kind();
            } else {
                passed.add(hop.kind());
            }
        }
        passed.remove(writer);
        if (writer.equals("nginx") && proof != null && anotherNginx(answer)) {
            passed.add("nginx");
        }
        return new Authorship(writer, proof != null || own, List.copyOf(passed), List.copyOf(clues));
    }

    /** The version on the page is not the one in Server: an nginx in front passed on an inner one's page. */
    private static boolean anotherNginx(Answer answer) {
        var page = NGINX_PAGE.matcher(answer.text());
        List<String> servers = answer.headers().getOrDefault("server", List.of());
        return page.find()
                && servers.stream().anyMatch(s -> s.startsWith("nginx"))
                && servers.stream().noneMatch(s -> s.equals(page.group(1)));
    }
}
