package io.culprit.bench.load;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gatling's {@code simulation.log} as figures: the binary records of 3.12 and newer (measured with 3.14.3) and the lines with
 * tabs of 3.4 to 3.11. Gatling does not say when a request was due, only when it was sent; a generator that came late does
 * not show. Stateless.
 */
final class GatlingLog {
    /** {@code but actually found 503} and {@code but actually 503 is not less than 400}. */
    private static final Pattern STATUS = Pattern.compile("actually (?:found )?([1-5][0-9]{2})\\b");

    private static final int RUN = 0;
    private static final int REQUEST = 1;
    private static final int USER = 2;
    private static final int GROUP = 3;
    private static final int ERROR = 4;

    /** Strings are messages and names; a longer one means that this is something else. */
    private static final int LONGEST = 1 << 20;

    private GatlingLog() {}

    /**
     * Adds all requests of a log.
     *
     * @throws IOException naming file and byte offset or line where it cannot be read
     */
    static void read(Path file, Cell cell) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IOException(file + ": no such file, or it cannot be read");
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            in.mark(1);
            int first = in.read();
            in.reset();
            if (first == RUN) {
                new Records(file, in, cell).read();
            } else if (first == 'R' || first == 'A') {
                lines(file, cell);
            } else {
                throw new IOException(file + ": this is no simulation.log of Gatling 3.4 or newer");
            }
        }
        if (cell.requests == 0) {
            throw new IOException(file + ": there is no request in it");
        }
    }

    /** What our own generator calls it. */
    static String outcome(boolean good, String message) {
        if (good) {
            return Cell.GOOD;
        }
        String lower = message.toLowerCase(Locale.ROOT);
        Matcher status = STATUS.matcher(lower);
        if (status.find()) {
            return "status " + status.group(1);
        }
        if (lower.contains("request timeout")) {
            return "client.closed";
        }
        return "connection: " + (message.isEmpty() ? "unknown" : lower.replaceFirst("^[a-z.]*exception: ", ""));
    }

    private static void ended(Cell cell, boolean good, String message, long start, long end) {
        long began = start * 1_000_000;
        cell.sent(began, began);
        cell.ended(outcome(good, message), began, began, end * 1_000_000);
    }

    private static final class Records {
        private final Path file;
        private final DataInputStream in;
        private final Cell cell;
        private final List<String> cached = new ArrayList<>(List.of(""));
        private long offset;

        Records(Path file, DataInputStream in, Cell cell) {
            this.file = file;
            this.in = in;
            this.cell = cell;
        }

        void read() throws IOException {
            try {
                for (int kind = in.read(); kind >= 0; kind = in.read()) {
                    offset++;
                    record(kind);
                }
            } catch (EOFException e) {
                throw new IOException(file + ": cut off after byte " + offset + "; was Gatling killed?", e);
            }
        }

        private void record(int kind) throws IOException {
            switch (kind) {
                case RUN -> run();
                case REQUEST -> request();
                case USER -> skip(4 + 1 + 4);
                case GROUP -> {
                    groups();
                    skip(4 + 4 + 4 + 1);
                }
                case ERROR -> {
                    cachedString();
                    skip(4);
                }
                default -> throw new IOException(file + ": no record begins with " + kind + " at byte " + (offset - 1));
            }
        }

        private void run() throws IOException {
            string(); // version
            string(); // simulation
            skip(8);
            string(); // description
            for (int i = number(); i > 0; i--) {
                string(); // scenario
            }
            for (int i = number(); i > 0; i--) {
                skip(number()); // assertion
            }
        }

        private void request() throws IOException {
            groups();
            cachedString();
            int start = number();
            int end = number();
            boolean good = in.readBoolean();
            offset++;
            ended(cell, good, cachedString(), start, end);
        }

        private void groups() throws IOException {
            for (int i = number(); i > 0; i--) {
                cachedString();
            }
        }

        private int number() throws IOException {
            int number = in.readInt();
            offset += 4;
            return number;
        }

        private void skip(int bytes) throws IOException {
            if (bytes < 0 || bytes > LONGEST) {
                throw new IOException(file + ": a length of " + bytes + " at byte " + offset);
            }
            in.skipNBytes(bytes);
            offset += bytes;
        }

        /** A new one has the next index, a known one the negative of its own. */
        private String cachedString() throws IOException {
            int index = number();
            if (index > 0) {
                cached.add(string());
                return cached.get(cached.size() - 1);
            }
            if (index <= -cached.size() || index == 0) {
                throw new IOException(file + ": string " + -index + " is unknown at byte " + (offset - 4));
            }
            return cached.get(-index);
        }

        /** As the JVM holds it: Latin-1, or UTF-16 of the machine, which is little-endian nearly everywhere. */
        private String string() throws IOException {
            int length = number();
            if (length == 0) {
                return "";
            }
            if (length < 0 || length > LONGEST) {
                throw new IOException(file + ": a length of " + length + " at byte " + (offset - 4));
            }
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            int coder = in.readByte();
            offset += length + 1;
            return new String(bytes, coder == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_16LE);
        }
    }

    private static void lines(Path file, Cell cell) throws IOException {
        // Whatever a target's messages are made of, they are read.
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            long began = -1;
            long number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                String[] parts = line.split("\t", -1);
                try {
                    if (parts[0].equals("RUN")) {
                        began = Long.parseLong(parts[3]);
                    } else if (parts[0].equals("REQUEST")) {
                        if (began < 0) {
                            throw new IOException(file + ":" + number + ": a request before the line RUN");
                        }
                        request(parts, began, cell);
                    }
                } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                    throw new IOException(file + ":" + number + ": not as Gatling writes it", e);
                }
            }
        }
    }

    /** Kind, groups, name, start, end, status, message; some versions have the user before the groups. */
    private static void request(String[] parts, long began, Cell cell) {
        int at = parts.length - 4;
        ended(
                cell,
                parts[at + 2].equals("OK"),
                parts[at + 3].strip(),
                Long.parseLong(parts[at]) - began,
                Long.parseLong(parts[at + 1]) - began);
    }
}
