package io.culprit.sim.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * What the status page calls the listen queue: real figures of the kernel for TCP, and 0 on unix sockets, where FPM asks
 * nobody either (facts: php-fpm, status page).
 */
final class ListenQueue {
    private ListenQueue() {}

    /**
     * @param waiting connections not accepted yet
     * @param length how many fit
     */
    record Figures(int waiting, int length) {
        static final Figures NONE = new Figures(0, 0);
    }

    static Figures of(PoolConfig config, int port) {
        if (config.isUnix()) {
            return Figures.NONE;
        }
        String local = ":" + HexFormat.of().withUpperCase().toHexDigits((short) port);
        int waiting = 0;
        for (String table : new String[] {"tcp", "tcp6"}) {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
                    String[] field = line.trim().split(" +");
                    if (field.length > 4 && field[1].endsWith(local) && field[3].equals("0A")) {
                        waiting += Integer.parseInt(field[4].substring(field[4].indexOf(':') + 1), 16);
                    }
                }
            } catch (IOException e) {
                continue; // a kernel without IPv6 has no tcp6
            }
        }
        return new Figures(waiting, config.backlog());
    }
}
