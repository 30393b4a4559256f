package io.culprit.triage.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks one thing of a FastCGI server: FPM's ping or status page. The protocol is the FastCGI specification's of 1996, as far as one
 * request without a body needs it.
 */
public final class FastCgiProbe {
    private static final int BEGIN = 1;
    private static final int END = 3;
    private static final int PARAMS = 4;
    private static final int STDIN = 5;
    private static final int STDOUT = 6;
    private static final int MOST = 4 << 20;

    private FastCgiProbe() {}

    /**
     * The answer's text, with its CGI head.
     *
     * @param address {@code unix:/path} or {@code host:port}
     * @param script e.g. {@code /fpm-status}
     * @param query e.g. {@code json&full}
     * @throws IOException when it cannot be reached, does not answer in time or speaks something else; the message is the kernel's
     */
    public static String ask(String address, String script, String query, int timeoutMillis) throws IOException {
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(r -> {
            Thread thread = new Thread(r, "fastcgi-watch");
            thread.setDaemon(true);
            return thread;
        });
        SocketAddress to = address(address);
        boolean unix = to instanceof UnixDomainSocketAddress;
        try (SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open()) {
            // A blocking connect or read on a channel ends when another thread closes it.
            watch.schedule(() -> close(channel), timeoutMillis, TimeUnit.MILLISECONDS);
            channel.connect(to);
            channel.write(request(script, query));
            return read(channel);
        } catch (AsynchronousCloseException e) {
            throw new IOException("no answer within " + timeoutMillis + " ms", e);
        } finally {
            watch.shutdownNow();
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            Thread.currentThread().interrupt(); // nothing is left to be closed
        }
    }

    private static SocketAddress address(String address) throws IOException {
        if (address.startsWith("unix:")) {
            return UnixDomainSocketAddress.of(address.substring(5));
        }
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IOException(address + ": not unix:/path or host:port");
        }
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        InetSocketAddress to = new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
        if (to.isUnresolved()) {
            throw new IOException(host + ": no such name");
        }
        return to;
    }

    private static ByteBuffer request(String script, String query) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        record(out, BEGIN, new byte[] {0, 1, 0, 0, 0, 0, 0, 0});
        Map<String, String> params = new LinkedHashMap<>();
        params.put("SCRIPT_NAME", script);
        params.put("SCRIPT_FILENAME", script);
        params.put("REQUEST_METHOD", "GET");
        params.put("REQUEST_URI", query.isEmpty() ? script : script + "?" + query);
        params.put("QUERY_STRING", query);
        params.put("SERVER_PROTOCOL", "HTTP/1.1");
        params.put("REMOTE_ADDR", "127.0.0.1");
        ByteArrayOutputStream pairs = new ByteArrayOutputStream();
        params.forEach((name, value) -> {
            byte[] n = name.getBytes(StandardCharsets.UTF_8);
            byte[] v = value.getBytes(StandardCharsets.UTF_8);
            pairs.write(n.length);
            pairs.write(v.length);
            pairs.writeBytes(n);
            pairs.writeBytes(v);
        });
        record(out, PARAMS, pairs.toByteArray());
        record(out, PARAMS, new byte[0]);
        record(out, STDIN, new byte[0]);
        return ByteBuffer.wrap(out.toByteArray());
    }

    private static void record(ByteArrayOutputStream out, int type, byte[] content) {
        out.writeBytes(new byte[] {1, (byte) type, 0, 1, (byte) (content.length >> 8), (byte) content.length, 0, 0});
        out.writeBytes(content);
    }

    private static String read(SocketChannel channel) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteBuffer head = ByteBuffer.allocate(8);
        while (fill(channel, head)) {
            head.flip();
            int version = head.get();
            int type = head.get();
            head.getShort();
            int length = head.getShort() & 0xffff;
            int padding = head.get() & 0xff;
            head.clear();
            if (version != 1) {
                throw new IOException("not FastCGI: the answer begins with byte " + (version & 0xff));
            }
            ByteBuffer content = ByteBuffer.allocate(length + padding);
            if (!fill(channel, content)) {
                throw new IOException("the answer ends within a record");
            }
            if (type == STDOUT && body.size() < MOST) {
                body.write(content.array(), 0, length);
            }
            if (type == END) {
                return body.toString(StandardCharsets.UTF_8);
            }
        }
        if (body.size() == 0) {
            throw new IOException("closed before an answer");
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private static boolean fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }
}
