package io.culprit.cli;

import java.lang.management.ManagementFactory;
import org.slf4j.LoggerFactory;

/**
 * Does on a second core what the start would otherwise wait for: the platform's MBean server, where XNIO registers its
 * workers, takes as long to come up as reading the configuration, and needs nothing of it. Nothing depends on this.
 */
final class HeadStart {
    private HeadStart() {}

    static void begin() {
        Thread thread = new Thread(
                () -> {
                    ManagementFactory.getPlatformMBeanServer();
                    LoggerFactory.getILoggerFactory();
                },
                "head-start");
        thread.setDaemon(true);
        thread.start();
    }
}
