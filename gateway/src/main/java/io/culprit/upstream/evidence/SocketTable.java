package io.culprit.upstream.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel says of the sockets of this machine, readable by everybody: {@code /proc/net/unix}, {@code tcp} and
 * {@code tcp6}. Stateless; reads whole tables, so call it off the IO threads.
 */
final class SocketTable {
    private static final String ACCEPTS = "00010000";
    private static final String NOT_ACCEPTED_YET = "02";
    private static final String CONNECTED = "03";
    private static final String TCP_LISTEN = "0A";
    private static final String TCP_ESTABLISHED = "01";

    private final Path net;

    /**
     * @param proc normally {@code /proc}
     */
    SocketTable(Path proc) {
        this.net = proc.resolve("net");
    }

    /**
     * A listening socket.
     *
     * @param listening whether anybody listens at all
     * @param waiting connections made and not accepted yet
     * @param accepted connections accepted and still open
     */
    record Listener(boolean listening, int waiting, int accepted) {}

    /** The listener at this path; empty when the table cannot be read. */
    Optional<Listener> unix(String path) {
        boolean listening = false;
        int waiting = 0;
        int accepted = 0;
        try {
            for (String line : Files.readAllLines(net.resolve("unix"))) {
                if (!line.endsWith(" " + path)) {
                    continue;
                }
                String[] field = line.trim().split(" +", 8);
                if (field[3].equals(ACCEPTS)) {
                    listening = true;
                } else if (field[5].equals(NOT_ACCEPTED_YET)) {
                    waiting++;
                } else if (field[5].equals(CONNECTED)) {
                    accepted++;
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(new Listener(listening, waiting, accepted));
    }

    /** Paths that somebody listens on and that {@code wanted} occurs in, for a better guess. */
    List<String> unixListeners(String wanted) {
        List<String> found = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(net.resolve("unix"))) {
                String[] field = line.trim().split(" +", 8);
                if (field.length == 8 && field[3].equals(ACCEPTS) && field[7].contains(wanted)) {
                    found.add(field[7]);
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    /**
     * The listener on this port, on whatever address; empty when the tables cannot be read. Connections are counted only
     * where somebody listens: a busy machine has a hundred thousand of them, and each look reads them all.
     */
    Optional<Listener> tcp(int port) {
        Rows listeners = rows(port, true);
        if (!listeners.read || !listeners.listening) {
            return listeners.read ? Optional.of(new Listener(false, 0, 0)) : Optional.empty();
        }
        Rows all = rows(port, false);
        // A connection in the accept queue counts as established already.
        return Optional.of(new Listener(true, all.waiting, Math.max(0, all.established - all.waiting)));
    }

    /** What the rows of one port add up to. */
    private static final class Rows {
        private boolean read;
        private boolean listening;
        private int waiting;
        private int established;

        void add(String state, String receiveQueue) {
            if (state.equals(TCP_LISTEN)) {
                listening = true;
                waiting += Integer.parseInt(receiveQueue, 16);
            } else if (state.equals(TCP_ESTABLISHED)) {
                established++;
            }
        }
    }

    private Rows rows(int port, boolean listenersOnly) {
        String suffix = ":" + HexFormat.of().withUpperCase().toHexDigits((short) port);
        Rows rows = new Rows();
        for (String table : List.of("tcp", "tcp6")) {
            try (BufferedReader reader = Files.newBufferedReader(net.resolve(table))) {
                reader.readLine(); // the heading
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    int local = line.indexOf(": ") + 2;
                    int localEnd = line.indexOf(' ', local);
                    int state = line.indexOf(' ', localEnd + 1) + 1;
                    if (listenersOnly && !line.startsWith(TCP_LISTEN, state)) {
                        break; // the kernel lists listeners first
                    }
                    if (line.startsWith(suffix, localEnd - suffix.length())) {
                        int receiveQueue = line.indexOf(':', state) + 1;
                        rows.add(
                                line.substring(state, state + TCP_LISTEN.length()),
                                line.substring(receiveQueue, line.indexOf(' ', receiveQueue)));
                    }
                }
                rows.read = true;
            } catch (IOException e) {
                continue; // a kernel without IPv6 has no tcp6
            }
        }
        return rows;
    }
}
