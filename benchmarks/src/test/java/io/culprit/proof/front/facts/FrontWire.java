package io.culprit.proof.front.facts;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** A connection that may go on in TLS at any moment, and where bytes may be put among the records. */
final class FrontWire implements AutoCloseable {
    /** What comes in place of bytes when none came in time. */
    static final byte[] LATE = {};

    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
    private static final Map<String, Integer> ALERTS = Map.ofEntries(
            Map.entry("unexpected_message", 10),
            Map.entry("bad_record_mac", 20),
            Map.entry("record_overflow", 22),
            Map.entry("handshake_failure", 40),
            Map.entry("bad_certificate", 42),
            Map.entry("unsupported_certificate", 43),
            Map.entry("certificate_revoked", 44),
            Map.entry("certificate_expired", 45),
            Map.entry("certificate_unknown", 46),
            Map.entry("illegal_parameter", 47),
            Map.entry("unknown_ca", 48),
            Map.entry("access_denied", 49),
            Map.entry("decode_error", 50),
            Map.entry("decrypt_error", 51),
            Map.entry("protocol_version", 70),
            Map.entry("insufficient_security", 71),
            Map.entry("internal_error", 80),
            Map.entry("unrecognized_name", 112),
            Map.entry("certificate_required", 116),
            Map.entry("no_application_protocol", 120));

    private final Socket socket;
    private final FrontVerdict verdict;
    private SSLEngine engine;
    private ByteBuffer records = ByteBuffer.allocate(0);
    private boolean ended;

    FrontWire(int port, FrontVerdict verdict) throws IOException {
        this.socket = new Socket("127.0.0.1", port);
        this.socket.setTcpNoDelay(true);
        this.verdict = verdict;
    }

    boolean ended() {
        return ended;
    }

    boolean secured() {
        return engine != null;
    }

    /** Bytes on the TCP connection itself. That the other side is gone shows when one reads. */
    void raw(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // what came before counts
        }
    }

    void write(byte[] bytes) throws IOException {
        if (engine == null) {
            raw(bytes);
            return;
        }
        ByteBuffer from = ByteBuffer.wrap(bytes);
        do {
            wrap(from);
        } while (from.hasRemaining() && !engine.isOutboundDone());
    }

    private SSLEngineResult wrap(ByteBuffer from) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = engine.wrap(from, out);
        raw(Arrays.copyOf(out.array(), out.position()));
        return result;
    }

    /** Begins TLS and finishes the handshake; the verdict says what came of it. */
    void handshake(SSLEngine client) throws IOException {
        engine = client;
        ByteBuffer none = ByteBuffer.allocate(0);
        try {
            engine.beginHandshake();
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> tasks();
                    case NEED_WRAP -> wrap(none);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        SSLEngineResult result = engine.unwrap(
                                records, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
                        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && more(6_000) != 1) {
                            engine = null;
                            ended = true; // nobody says why
                            return;
                        }
                    }
                    default -> {
                        verdict.handshake(engine.getApplicationProtocol());
                        return;
                    }
                }
            }
        } catch (SSLException e) {
            failed(e, true);
        }
    }

    private void failed(SSLException e, boolean handshaking) {
        Matcher alert = ALERT.matcher(String.valueOf(e.getMessage()));
        if (alert.find()) {
            verdict.alert(ALERTS.getOrDefault(alert.group(1), -1));
        } else if (handshaking) {
            verdict.word("refused");
            sayGoodbye();
        }
        ended = true;
    }

    private void tasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private void sayGoodbye() {
        try {
            while (!engine.isOutboundDone() && wrap(ByteBuffer.allocate(0)).bytesProduced() > 0) {
                continue;
            }
        } catch (SSLException e) {
            // it was only politeness
        }
    }

    /** TLS's own end of what we send. */
    void closeNotify() {
        if (engine != null) {
            engine.closeOutbound();
            sayGoodbye();
        }
    }

    void fin() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // it is gone already
        }
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
        ended = true;
    }

    /** What comes next, {@link #LATE} when nothing does in time or it is the end. */
    byte[] read(int millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (!ended) {
            if (engine == null) {
                if (records.hasRemaining() || more(left(end)) == 1) {
                    byte[] bytes = new byte[records.remaining()];
                    records.get(bytes);
                    return bytes;
                }
                return LATE;
            }
            ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            try {
                SSLEngineResult result = engine.unwrap(records, plain);
                if (plain.position() > 0) {
                    return Arrays.copyOf(plain.array(), plain.position());
                }
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> tasks();
                    case NEED_WRAP -> sayGoodbye(); // a key update, or an answer to the other side's end
                    default -> {}
                }
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    ended = true;
                } else if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && more(left(end)) != 1) {
                    return LATE;
                }
            } catch (SSLException e) {
                failed(e, false);
            }
        }
        return LATE;
    }

    private static int left(long end) {
        return (int) Math.max(1, (end - System.nanoTime()) / 1_000_000);
    }

    /** Reads from the socket: 1 for bytes, 0 for none in time, -1 for the end. */
    private int more(int millis) {
        try {
            socket.setSoTimeout(millis);
            byte[] bytes = new byte[65536];
            int n = socket.getInputStream().read(bytes);
            if (n < 0) {
                ended = true;
                return -1;
            }
            ByteBuffer all = ByteBuffer.allocate(records.remaining() + n);
            records = all.put(records).put(bytes, 0, n).flip();
            return 1;
        } catch (SocketTimeoutException e) {
            return 0;
        } catch (IOException e) {
            ended = true;
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
