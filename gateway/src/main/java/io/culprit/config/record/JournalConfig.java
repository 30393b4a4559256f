package io.culprit.config.record;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where counts and examples of failures are kept.
 *
 * @param url {@code jdbc:h2:FILE} or {@code jdbc:postgresql://HOST/DATABASE}
 * @param user database user, empty where the URL says it or none is needed
 * @param password its password, possibly empty
 * @param retention how long counts, examples and events are kept
 * @param instance what this gateway is called where several share one journal
 */
public record JournalConfig(String url, String user, String password, Duration retention, String instance) {
    /** What {@code journal.url} says to keep nothing. */
    public static final String OFF = "off";

    /** Where it is, without a password. */
    public String place() {
        return url.replaceAll("(?i)(password=)[^&;]*", "$1***");
    }

    /** Whether several gateways may share it. */
    public boolean isPostgresql() {
        return url.startsWith("jdbc:postgresql:");
    }

    /** This machine's name, by which an instance is called unless the file says otherwise. */
    public static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName(); // not Linux
            } catch (UnknownHostException unknown) {
                return "gateway";
            }
        }
    }
}
