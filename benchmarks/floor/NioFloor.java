import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * The least a proxy on java.nio can cost: one thread, a whole request in one read, a whole response in one read, no HTTP
 * understood, no log. What Culprit costs above it is its own. {@code java NioFloor.java PORT UPSTREAM_PORT}.
 */
final class NioFloor {
    private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(64 * 1024);
    private static final ArrayDeque<Side> IDLE = new ArrayDeque<>();
    private static final byte[] CLOSE = "close     ".getBytes();
    private static Selector selector;
    private static InetSocketAddress upstream;

    /** A client, or a connection to the upstream. */
    private static final class Side {
        final SocketChannel channel;
        final boolean isUpstream;
        Side peer;
        boolean last;

        Side(SocketChannel channel, boolean isUpstream) {
            this.channel = channel;
            this.isUpstream = isUpstream;
        }
    }

    public static void main(String... args) throws IOException {
        upstream = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1]));
        selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 4096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        while (true) {
            selector.select(key -> {
                try {
                    if (key.attachment() instanceof Side side) {
                        readable(side);
                    } else {
                        accept(listener);
                    }
                } catch (IOException e) {
                    try {
                        key.channel().close(); // a reset
                    } catch (IOException again) {
                        System.err.println(again);
                    }
                }
            });
        }
    }

    private static void accept(ServerSocketChannel listener) throws IOException {
        for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
            client.configureBlocking(false);
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            client.register(selector, SelectionKey.OP_READ, new Side(client, false));
        }
    }

    /** Where these four bytes stand, -1 where they do not. */
    private static int find(int word) {
        for (int i = 0; i + 4 <= BUFFER.limit(); i++) {
            if (BUFFER.getInt(i) == word) {
                return i;
            }
        }
        return -1;
    }

    /** Takes {@code Connection: close} out of a request: only the client's connection ends. */
    private static boolean asksToClose() {
        int at = find(0x636c6f73);
        if (at >= 0) {
            BUFFER.put(at, (byte) 'x');
        }
        return at >= 0;
    }

    /** Says {@code close} where the upstream's response says {@code keep-alive}. */
    private static void sayClose() {
        int at = find(0x6b656570);
        if (at >= 0) {
            BUFFER.put(at, CLOSE);
        }
    }

    private static void readable(Side side) throws IOException {
        BUFFER.clear();
        int read = side.channel.read(BUFFER);
        if (read < 0) {
            side.channel.close();
            if (side.isUpstream) {
                IDLE.remove(side);
            }
            return;
        }
        if (read == 0) {
            return;
        }
        BUFFER.flip();
        if (side.isUpstream) {
            Side client = side.peer;
            side.peer = null;
            IDLE.push(side);
            if (client != null && client.channel.isOpen()) {
                if (client.last) {
                    sayClose();
                }
                client.channel.write(BUFFER);
                if (client.last) {
                    client.channel.close();
                }
            }
            return;
        }
        side.last = asksToClose();
        Side to = IDLE.poll();
        if (to == null) {
            SocketChannel channel = SocketChannel.open(upstream); // once for each connection: that it waits does not count
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            to = new Side(channel, true);
            channel.register(selector, SelectionKey.OP_READ, to);
        }
        to.peer = side;
        to.channel.write(BUFFER);
    }
}
