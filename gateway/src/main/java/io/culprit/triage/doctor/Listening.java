package io.culprit.triage.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sockets that somebody listens on, with their accept queues: from ss, which asks the kernel. */
final class Listening {
    /**
     * A socket.
     *
     * @param address {@code unix:/path} or {@code host:port}
     * @param waiting connections in its accept queue
     * @param most what the queue holds
     * @param program who listens, as far as it may be seen
     */
    record Queue(String address, long waiting, long most, String program) {}

    private final List<Queue> queues = new ArrayList<>();
    private boolean seen;

    static Listening look() {
        Listening found = new Listening();
        Shell.run("ss", "-Hlxp").ifPresent(text -> found.unix(text));
        Shell.run("ss", "-Hltnp").ifPresent(text -> found.tcp(text));
        return found;
    }

    private void unix(String text) {
        seen = true;
        for (String line : text.split("\n")) {
            String[] w = line.strip().split("\\s+");
            if (w.length >= 5 && w[0].equals("u_str") && w[4].startsWith("/")) {
                add("unix:" + w[4].replaceFirst("^/var/run/", "/run/"), w[2], w[3], line);
            }
        }
    }

    private void tcp(String text) {
        seen = true;
        for (String line : text.split("\n")) {
            String[] w = line.strip().split("\\s+");
            if (w.length >= 5 && w[0].equals("LISTEN")) {
                add(w[3], w[1], w[2], line);
            }
        }
    }

    private void add(String address, String waiting, String most, String line) {
        if (waiting.matches("\\d{1,9}") && most.matches("\\d{1,9}")) {
            int users = line.indexOf("users:((\"");
            int end = users < 0 ? -1 : line.indexOf('"', users + 9);
            String program = end < 0 ? "" : line.substring(users + 9, end);
            queues.add(new Queue(address, Long.parseLong(waiting), Long.parseLong(most), program));
        }
    }

    /** Whether ss was there. */
    boolean isSeen() {
        return seen;
    }

    List<Queue> all() {
        return queues;
    }

    /** The queue of an address; one that listens everywhere counts too. */
    Optional<Queue> of(String address) {
        String port = address.startsWith("unix:") ? "" : address.substring(address.lastIndexOf(':'));
        return queues.stream()
                .filter(q -> q.address.equals(address)
                        || !port.isEmpty() && q.address.endsWith(port) && !q.address.startsWith("unix:"))
                .findFirst();
    }
}
