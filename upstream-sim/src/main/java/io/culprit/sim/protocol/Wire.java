package io.culprit.sim.protocol;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection as a fault sees it: bytes in, bytes out, and the ways to end it. Owned by one thread. */
public final class Wire {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private long written;

    public Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        this.out = socket.getOutputStream();
    }

    public InputStream in() {
        return in;
    }

    public Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Wire send(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
        return this;
    }

    /** Bytes sent on this connection so far. */
    public long written() {
        return written;
    }

    /** An orderly close: FIN. */
    public void close() throws IOException {
        socket.close();
    }

    /** An orderly close that reads what the other side still sends first, so that no reset overtakes the bytes sent. */
    public void closeGently() throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(2_000);
        byte[] sink = new byte[16 * 1024];
        try {
            while (in.read(sink) >= 0) {
                // thrown away
            }
        } catch (java.net.SocketTimeoutException e) {
            // long enough
        }
        socket.close();
    }

    /** RST, whatever is still unread or unsent. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Sends nothing and reads nothing until the other side has gone or the time is over. */
    public void hang(long millis) throws IOException {
        socket.setSoTimeout((int) Math.max(1, Math.min(millis, Integer.MAX_VALUE)));
        long end = System.nanoTime() + millis * 1_000_000;
        byte[] sink = new byte[4096];
        try {
            while (System.nanoTime() < end && in.read(sink) >= 0) {
                // the request's rest, if any
            }
        } catch (java.net.SocketTimeoutException e) {
            // the time is over
        }
    }

    public void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isClosed() {
        return socket.isClosed();
    }
}
