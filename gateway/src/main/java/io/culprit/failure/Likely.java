package io.culprit.failure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is behind a cause most often, likeliest first, and the command that tells whether it is. From {@code likely.tsv};
 * words in capitals in a command are the reader's to fill in.
 *
 * @param where for which peers it holds: any, or of one protocol or kind of address
 * @param reason one sentence
 * @param command for a shell on the gateway's machine
 */
public record Likely(Where where, String reason, String command) {
    private static final Map<Cause, List<Likely>> ALL = read();
    private static final Pattern PLACE = Pattern.compile("\\{(peer|host|port|socket|target|name|request_id)}");

    /** What goes into a shell as it is; everything else is quoted, since it comes from clients. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./\\[\\]-]+");

    /** Which peers a row is about. */
    public enum Where {
        ANY,
        HTTP,
        FASTCGI,
        TCP,
        UNIX
    }

    /**
     * What a failure happened to.
     *
     * @param fastcgi whether the upstream speaks FastCGI
     * @param peer its address, {@code unix:/path} or {@code host:port}, possibly empty
     * @param target request target
     * @param requestId id of the request
     */
    public record Place(boolean fastcgi, String peer, String target, String requestId) {
        private boolean unix() {
            return peer.startsWith("unix:");
        }

        private boolean is(Where where) {
            return switch (where) {
                case ANY -> true;
                case HTTP -> !fastcgi;
                case FASTCGI -> fastcgi;
                case TCP -> !unix();
                case UNIX -> unix();
            };
        }

        private String value(String name) {
            int colon = peer.lastIndexOf(':');
            String host = colon < 0 ? peer : peer.substring(0, colon);
            return switch (name) {
                case "peer" -> unix() ? socket() : peer;
                case "host", "name" -> host;
                case "port" -> colon < 0 ? "PORT" : peer.substring(colon + 1);
                case "socket" -> socket();
                case "target" -> target;
                default -> requestId;
            };
        }

        private String socket() {
            return unix() ? peer.substring("unix:".length()) : peer;
        }
    }

    /** The likely reasons of a failure there, with its values in the commands. */
    public static List<Likely> of(Cause cause, Place place) {
        List<Likely> found = new ArrayList<>();
        for (Likely each : ALL.getOrDefault(cause, List.of())) {
            if (place.is(each.where)) {
                found.add(new Likely(each.where, each.reason, each.command(place)));
            }
        }
        return found;
    }

    private String command(Place place) {
        String shown =
                place.unix() ? command.replace("http://{peer}", "--unix-socket {socket} http://localhost") : command;
        return PLACE.matcher(shown).replaceAll(found -> Matcher.quoteReplacement(quoted(place.value(found.group(1)))));
    }

    private static String quoted(String value) {
        if (value.isEmpty()) {
            return "''";
        }
        return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    /** The causes that have at least one row. */
    static Set<Cause> known() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    private static Map<Cause, List<Likely>> read() {
        Map<Cause, List<Likely>> all = new EnumMap<>(Cause.class);
        try (InputStream in = Likely.class.getResourceAsStream("likely.tsv");
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.readLine(); // the heading
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split("\t", -1);
                if (cells.length != 4) {
                    throw new IllegalStateException("likely.tsv: not four cells: " + line);
                }
                Cause cause =
                        Cause.byId(cells[0]).orElseThrow(() -> new IllegalStateException("likely.tsv: " + cells[0]));
                Where where = Where.valueOf(cells[1].toUpperCase(java.util.Locale.ROOT));
                all.computeIfAbsent(cause, c -> new ArrayList<>()).add(new Likely(where, cells[2], cells[3]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }
}
