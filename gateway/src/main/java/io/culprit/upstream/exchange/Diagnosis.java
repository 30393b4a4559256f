package io.culprit.upstream.exchange;

import io.culprit.config.UpstreamConfig;
import io.culprit.config.UpstreamConfig.Timeouts;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.upstream.AttemptTimer;
import io.culprit.upstream.Peer;
import io.culprit.upstream.channel.Errno;
import java.util.Objects;

/**
 * Names what happened to an exchange, from where it stood: the same end of stream is another cause before the first
 * byte, inside the head, inside the body and on a connection that had idled. Owned by the connection's IO thread.
 */
final class Diagnosis {
    private final ResponseReader reader;
    private final Exchange exchange;
    private final Timeouts limits;
    private final long idleNanos;
    private final Peer peer;

    Diagnosis(ResponseReader reader, Exchange exchange, UpstreamConfig config, Peer peer) {
        this.reader = reader;
        this.exchange = exchange;
        this.limits = config.timeouts();
        this.idleNanos = config.keepalive().idle().toNanos();
        this.peer = peer;
    }

    /** The upstream closed its side although the response was not complete. */
    Failure endOfStream() {
        AttemptTimer timer = exchange.timer();
        if (!reader.inHead()) {
            return Failure.of(reader.truncated(), "the upstream closed after " + reader.bodyProgress());
        }
        if (reader.headBytes() > 0) {
            return Failure.of(
                    Cause.HEAD_TRUNCATED,
                    "the upstream closed after " + Text.count(reader.headBytes(), "byte")
                            + " of an incomplete response head, " + timer.connectionStory());
        }
        if (timer.reused() && reader.untouched()) {
            return closedOnReuse("closed", "");
        }
        if (exchange.broken() != null) {
            return exchange.broken();
        }
        return Failure.of(
                Cause.HEAD_CLOSED,
                "the upstream closed before any byte of a response" + beside(", after ") + ", "
                        + (timer.isSent()
                                ? Text.duration(timer.sinceSentNanos()) + " after the request was sent, "
                                : "before the request was fully sent, ")
                        + timer.connectionStory());
    }

    /** Reading failed. */
    Failure readError(Errno errno) {
        AttemptTimer timer = exchange.timer();
        if (!reader.inHead()) {
            return Failure.of(Cause.BODY_RESET, "the connection broke after " + reader.bodyProgress(), errno.label());
        }
        if (errno == Errno.ETIMEDOUT) {
            return Failure.of(
                    Cause.HEAD_KERNEL_TIMEOUT, "the kernel gave the connection up, the peer vanished", errno.label());
        }
        if (timer.reused() && reader.untouched()) {
            return closedOnReuse("reset", errno.label());
        }
        if (exchange.broken() != null) {
            return exchange.broken();
        }
        return Failure.of(
                Cause.HEAD_RESET,
                "the upstream reset the connection after " + Text.count(reader.headBytes(), "byte") + " of a response"
                        + beside(" and ") + ", " + timer.connectionStory(),
                errno.label());
    }

    /** Sending failed and no answer was waiting. */
    Failure sendError() {
        Failure broken = Objects.requireNonNull(exchange.broken());
        return reader.untouched() && exchange.timer().reused() ? closedOnReuse("reset", broken.errno()) : broken;
    }

    /** The phase's deadline is over. */
    Failure timeout() {
        if (!reader.inHead()) {
            return Failure.of(
                    Cause.BODY_TIMEOUT,
                    "no byte for timeouts.body of %s after %s"
                            .formatted(Text.duration(limits.body().toNanos()), reader.bodyProgress()));
        }
        if (!exchange.isSent()) {
            return Failure.of(
                    Cause.SEND_TIMEOUT,
                    "nothing could be written to the upstream for timeouts.send of %s, %d bytes were sent"
                            .formatted(
                                    Text.duration(limits.send().toNanos()),
                                    exchange.timer().bytesOut()));
        }
        return Failure.of(
                Cause.HEAD_TIMEOUT,
                "no complete response head within timeouts.head of %s, %s of one%s had arrived, %s"
                        .formatted(
                                Text.duration(limits.head().toNanos()),
                                Text.count(reader.headBytes(), "byte"),
                                beside(" and "),
                                exchange.timer().connectionStory()));
    }

    private String beside(String before) {
        String beside = reader.beside();
        return beside.isEmpty() ? "" : before + beside;
    }

    private Failure closedOnReuse(String how, String errno) {
        Failure failure = Failure.of(
                Cause.HEAD_CLOSED_ON_REUSE,
                "the upstream " + how + " a kept connection before any byte of a response, "
                        + exchange.timer().connectionStory(),
                errno);
        return peer.habit()
                .finding(idleNanos)
                .map(finding -> failure.with(new Evidence("finding", finding)))
                .orElse(failure);
    }

    /** More came than the response has. */
    static Failure excess(int excess) {
        return Failure.of(
                Cause.BODY_EXCESS,
                "%s beyond the end of the response; they were dropped and the connection closed"
                        .formatted(Text.count(excess, "byte")));
    }
}
