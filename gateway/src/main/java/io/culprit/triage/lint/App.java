package io.culprit.triage.lint;

/** What serves behind nginx, HAProxy or the edge without a file of ours to read, and how long it keeps idle connections. */
public enum App {
    NONE("", 0, ""),
    /** {@code server.keepAliveTimeout}, 5 s since Node.js 8. */
    NODE("Node.js keepAliveTimeout", 5, "server.keepAliveTimeout = %d000"),
    /** {@code --timeout-keep-alive}. */
    UVICORN("uvicorn --timeout-keep-alive", 5, "--timeout-keep-alive %d"),
    /** {@code persistent_timeout} of Puma 5 and 6. */
    PUMA("Puma persistent_timeout", 20, "persistent_timeout %d"),
    GUNICORN("gunicorn keepalive", 2, "keepalive = %d");

    private final String key;
    private final double idle;
    private final String fix;

    App(String key, double idle, String fix) {
        this.key = key;
        this.idle = idle;
        this.fix = fix;
    }

    /** The setting, as its users write it. */
    public String key() {
        return key;
    }

    /** Seconds it keeps an idle connection unless it is told otherwise. */
    public double idle() {
        return idle;
    }

    /** The setting with another value. */
    public String set(double seconds) {
        return fix.formatted(Math.round(seconds));
    }
}
