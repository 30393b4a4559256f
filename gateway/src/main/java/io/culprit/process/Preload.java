package io.culprit.process;

import javax.management.JMRuntimeException;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;
import org.slf4j.LoggerFactory;
import org.xnio.Xnio;

/**
 * Does on a second core what the start would otherwise wait for: logging and XNIO come up while the configuration is read.
 * Nothing depends on this.
 */
public final class Preload {
    private static final String BUILDER = "javax.management.builder.initial";

    private Preload() {}

    /** Returns at once, with the thread that is at work. */
    public static Thread begin() {
        // Read when the first worker is made, on another thread.
        System.setProperty("jboss.threads.eqe.disable-mbean", "true");
        Thread thread = new Thread(
                () -> {
                    LoggerFactory.getILoggerFactory();
                    loadXnio();
                },
                "head-start");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /**
     * XNIO registers MBeans for what our own metrics tell better, and so would bring up the platform's MBean server: half of
     * the time to start, most of it for the help texts of the flight recorder's commands. It does without when there is
     * no server to be had at that moment. Whoever asks later, such as an agent that attaches, gets one as ever; with
     * {@code -Dcom.sun.management.jmxremote} it is there before.
     */
    private static void loadXnio() {
        String before = System.getProperty(BUILDER);
        System.setProperty(BUILDER, NotNow.class.getName());
        try {
            Xnio.getInstance();
        } finally {
            if (before == null) {
                System.clearProperty(BUILDER);
            } else {
                System.setProperty(BUILDER, before);
            }
        }
    }

    /** Refuses to build; made by name. */
    public static final class NotNow extends MBeanServerBuilder {
        /**
         * Never.
         *
         * @throws JMRuntimeException always
         */
        @Override
        public MBeanServer newMBeanServer(String domain, MBeanServer outer, MBeanServerDelegate delegate) {
            throw new JMRuntimeException("no MBean server while XNIO is loaded");
        }
    }
}
