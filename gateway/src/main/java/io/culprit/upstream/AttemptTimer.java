package io.culprit.upstream;

import io.culprit.failure.Attempt;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import org.jspecify.annotations.Nullable;

/** The clock of one attempt: which phase began when. Reused from attempt to attempt; owned by one IO thread. */
public final class AttemptTimer {
    private static final long UNSET = Long.MIN_VALUE;

    private String peer = "";
    private boolean reused;
    private long taken;
    private long age;
    private long idle;
    private int served;
    private long tlsStart;
    private long connectStart;
    private long sendStart;
    private long sent;
    private long head;
    private long lastRead;
    private long bytesOut;
    private long bytesIn;
    private int status;
    private String stderr = "";

    void start(String peerName) {
        peer = peerName;
        reused = false;
        age = 0;
        idle = 0;
        served = 0;
        connectStart = UNSET;
        tlsStart = UNSET;
        sendStart = UNSET;
        sent = UNSET;
        head = UNSET;
        lastRead = UNSET;
        bytesOut = 0;
        bytesIn = 0;
        status = 0;
        stderr = "";
    }

    void connecting() {
        connectStart = System.nanoTime();
    }

    /** The connection stands and the TLS handshake begins. */
    void handshaking() {
        tlsStart = System.nanoTime();
    }

    /** A kept connection is used from {@code now} of {@link System#nanoTime} on. */
    void reusing(long now, long ageNanos, long idleNanos, int servedBefore) {
        reused = true;
        taken = now;
        age = ageNanos;
        idle = idleNanos;
        served = servedBefore;
    }

    /** Whether a kept connection is used. */
    public boolean reused() {
        return reused;
    }

    /** The connection stands and the request begins to leave. */
    public void sending() {
        sendStart = reused ? taken : System.nanoTime();
    }

    /** The request is fully sent, at {@code now} of {@link System#nanoTime}. */
    public void sent(long now) {
        sent = now;
    }

    /** Whether the request is fully sent. */
    public boolean isSent() {
        return sent != UNSET;
    }

    /** Nanoseconds since the request was fully sent. */
    public long sinceSentNanos() {
        return System.nanoTime() - sent;
    }

    /** The final response head is complete: with the last read. */
    public void headComplete(int newStatus) {
        head = lastRead;
        status = newStatus;
    }

    /** Counts bytes written to the upstream. */
    public void wrote(long bytes) {
        bytesOut += bytes;
    }

    /** The upstream was read: counts the bytes and notes the moment. A clock costs as much as a header line. */
    public void read(int bytes) {
        lastRead = System.nanoTime();
        bytesIn += Math.max(0, bytes);
    }

    /** When the upstream was last read, of {@link System#nanoTime}. */
    public long lastReadNanos() {
        return lastRead;
    }

    /** What the application wrote to its error stream. */
    public void stderr(String text) {
        stderr = text;
    }

    /** Bytes written to the upstream in this attempt. */
    public long bytesOut() {
        return bytesOut;
    }

    /** Bytes read from the upstream in this attempt. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Status of the final response, 0 before there is one. */
    public int status() {
        return status;
    }

    /** "connection reused, age 12 s, idle 4.98 s, 3 requests" or "fresh connection". */
    public String connectionStory() {
        return reused
                ? "connection reused, age " + Text.duration(age) + ", idle " + Text.duration(idle) + ", "
                        + Text.count(served, "request") + " served"
                : "fresh connection";
    }

    /** The attempt succeeded, with the last read. */
    Attempt complete(@Nullable Failure warning) {
        return attempt(warning, lastRead);
    }

    /** The attempt failed, now. */
    Attempt fail(Failure failure) {
        return attempt(failure, System.nanoTime());
    }

    private Attempt attempt(@Nullable Failure failure, long now) {
        long connected = sendStart == UNSET ? now : sendStart;
        long headEnd = head == UNSET ? now : head;
        return new Attempt(
                peer,
                connectStart != UNSET ? connectStart : sendStart != UNSET ? sendStart : now,
                reused,
                age,
                idle,
                served,
                connectStart == UNSET ? -1 : (tlsStart == UNSET ? connected : tlsStart) - connectStart,
                tlsStart == UNSET ? -1 : connected - tlsStart,
                sendStart == UNSET ? -1 : (sent == UNSET ? headEnd : sent) - sendStart,
                sent == UNSET && head == UNSET ? -1 : Math.max(0, headEnd - (sent == UNSET ? headEnd : sent)),
                head == UNSET ? -1 : now - head,
                bytesOut,
                bytesIn,
                status,
                stderr,
                failure);
    }
}
