package io.culprit.record.log;

import io.culprit.dialect.Dialect;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * nginx's level and words for one cause, taken apart once: a storm of failures must not search and replace in the same
 * sentence thousands of times a second. Immutable.
 */
final class NginxWording {
    static final String READING_HEAD = " while reading response header from upstream";
    static final String READING_BODY = " while reading upstream";

    /** Levels that can be asked for, from the lowest. */
    static final List<String> LEVELS = List.of("info", "warn", "error", "crit");

    private static final Pattern BLANK = Pattern.compile("\\{(peer|host|detail)}");

    private final String level;
    private final List<Piece> pieces;

    /**
     * @param text stands as it is
     * @param blank what follows it: {@code peer}, {@code host}, {@code detail}, or nothing
     */
    private record Piece(String text, String blank) {}

    private NginxWording(String level, List<Piece> pieces) {
        this.level = level;
        this.pieces = pieces;
    }

    /**
     * @param answered whether the upstream's head had been read, so that nginx was reading on
     */
    static NginxWording of(Cause cause, boolean answered, DialectTable dialects) {
        String text = dialects.answer(cause, Dialect.NGINX).log();
        String body = text.startsWith("[") ? text.substring(text.indexOf(']') + 2) : fallback(cause);
        if (answered) {
            body = body.replace(READING_HEAD, READING_BODY);
        }
        List<Piece> pieces = new ArrayList<>();
        Matcher blanks = BLANK.matcher(body);
        int at = 0;
        while (blanks.find()) {
            pieces.add(new Piece(body.substring(at, blanks.start()), blanks.group(1)));
            at = blanks.end();
        }
        pieces.add(new Piece(body.substring(at), ""));
        return new NginxWording(level(text), List.copyOf(pieces));
    }

    private static String level(String text) {
        for (String level : LEVELS) {
            if (text.startsWith("[" + level + "]")) {
                return level;
            }
        }
        return text.startsWith("[alert]") ? "crit" : "error";
    }

    private static String fallback(Cause cause) {
        return cause.summary()
                + switch (cause.phase()) {
                    case ADMIT -> " while reading client request";
                    case RESOLVE -> " while resolving upstream";
                    case CONNECT -> " while connecting to upstream";
                    case TLS -> " while SSL handshaking to upstream";
                    case SEND -> " while sending request to upstream";
                    case HEAD -> READING_HEAD;
                    case BODY -> READING_BODY;
                    case TUNNEL -> " while proxying upgraded connection";
                };
    }

    String level() {
        return level;
    }

    /** Adds the sentence to a line. */
    void append(Line line, String peer, String host, String detail) {
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            line.add(piece.text());
            switch (piece.blank()) {
                case "peer" -> line.add(peer);
                case "host" -> line.escaped(host);
                case "detail" -> line.escaped(detail);
                default -> {
                    // the sentence ends here
                }
            }
        }
    }
}
