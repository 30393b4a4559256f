package io.culprit.bench.peers.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/** WebSocket clients that send a message and wait for its echo, over and over. One thread. */
public final class TunnelLoad {
    private final byte[] message;
    private final Tally tally;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);

    private TunnelLoad(byte[] message, Tally tally) {
        this.message = message;
        this.tally = tally;
    }

    /**
     * @param args port, path, connections, seconds, bytes of a message
     */
    public static void main(String[] args) throws IOException {
        Tally tally = new Tally();
        TunnelLoad load = new TunnelLoad(frame(Integer.parseInt(args[4])), tally);
        load.run(
                Integer.parseInt(args[0]),
                args[1],
                Integer.parseInt(args[2]),
                System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L);
        System.out.println(tally.line());
    }

    /** A binary frame as clients send it (RFC 6455 section 5.2), masked by nothing but zeros. */
    static byte[] frame(int payload) {
        int head = payload < 126 ? 2 : 4;
        byte[] frame = new byte[head + 4 + payload];
        frame[0] = (byte) 0x82;
        if (payload < 126) {
            frame[1] = (byte) (0x80 | payload);
        } else {
            frame[1] = (byte) (0x80 | 126);
            frame[2] = (byte) (payload >> 8);
            frame[3] = (byte) payload;
        }
        return frame;
    }

    private static final class Tunnel {
        private final SocketChannel channel;
        private final ByteBuffer out;
        private final StringBuilder head = new StringBuilder();
        private boolean open;
        private int echoed;
        private long sentNanos;

        private Tunnel(SocketChannel channel, byte[] message) {
            this.channel = channel;
            this.out = ByteBuffer.allocateDirect(message.length).put(message).flip();
        }
    }

    private void run(int port, String path, int connections, long end) throws IOException {
        byte[] upgrade = ("GET " + path + " HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.write(ByteBuffer.wrap(upgrade));
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Tunnel(channel, message));
            }
            while (System.nanoTime() - end < 0 && !selector.keys().isEmpty()) {
                selector.select(100);
                for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    try {
                        serve(key);
                    } catch (IOException e) {
                        tally.broke();
                        key.cancel();
                        ((Tunnel) key.attachment()).channel.close();
                    }
                }
            }
            for (SelectionKey each : selector.keys()) {
                each.channel().close();
            }
        }
    }

    private void serve(SelectionKey key) throws IOException {
        Tunnel tunnel = (Tunnel) key.attachment();
        if (key.isReadable()) {
            in.clear();
            if (tunnel.channel.read(in) < 0) {
                throw new IOException("the tunnel ended");
            }
            in.flip();
            if (!tunnel.open) {
                open(tunnel);
            }
            tunnel.echoed += in.remaining();
            if (tunnel.open && tunnel.echoed == message.length) {
                tally.answered(System.nanoTime() - tunnel.sentNanos, true);
                send(tunnel);
            }
        }
        if (tunnel.out.hasRemaining()) {
            tunnel.channel.write(tunnel.out);
        }
        key.interestOps(
                tunnel.out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private void open(Tunnel tunnel) throws IOException {
        while (in.hasRemaining() && !tunnel.open) {
            tunnel.head.append((char) in.get());
            int length = tunnel.head.length();
            tunnel.open = length > 3 && tunnel.head.substring(length - 4).equals("\r\n\r\n");
        }
        if (tunnel.open) {
            if (!tunnel.head.toString().startsWith("HTTP/1.1 101 ")) {
                throw new IOException("no tunnel: " + tunnel.head);
            }
            send(tunnel);
        }
    }

    private void send(Tunnel tunnel) throws IOException {
        tunnel.echoed = 0;
        tunnel.sentNanos = System.nanoTime();
        tunnel.out.rewind();
        tunnel.channel.write(tunnel.out);
    }
}
