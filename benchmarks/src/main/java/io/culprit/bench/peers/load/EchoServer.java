package io.culprit.bench.peers.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/** An upstream that switches to WebSocket for everybody and sends back every byte as it came. One thread. */
public final class EchoServer {
    /** What the key of {@link TunnelLoad} is answered with (RFC 6455 section 1.3). */
    private static final byte[] SWITCH =
            ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private EchoServer() {}

    private static final class Peer {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
        private int headEnd;
        private boolean open;
    }

    /**
     * @param args port
     */
    public static void main(String[] args) throws IOException {
        try (Selector selector = Selector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 1024);
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            while (selector.isOpen()) {
                selector.select();
                for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    if (key.isAcceptable()) {
                        SocketChannel client = listener.accept();
                        client.configureBlocking(false);
                        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                        client.register(selector, SelectionKey.OP_READ, new Peer());
                    } else {
                        serve(key);
                    }
                }
            }
        }
    }

    private static void serve(SelectionKey key) throws IOException {
        SocketChannel client = (SocketChannel) key.channel();
        Peer peer = (Peer) key.attachment();
        try {
            if (key.isReadable() && client.read(peer.buffer) < 0) {
                client.close();
                return;
            }
            peer.buffer.flip();
            if (!peer.open) {
                open(client, peer);
            }
            if (peer.open) {
                client.write(peer.buffer);
                peer.buffer.compact();
            } else {
                peer.buffer.position(peer.buffer.limit()).limit(peer.buffer.capacity());
            }
            key.interestOps(peer.buffer.position() > 0 && peer.open ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        } catch (IOException e) {
            client.close(); // it is gone
        }
    }

    private static void open(SocketChannel client, Peer peer) throws IOException {
        for (int i = peer.headEnd; i < peer.buffer.limit(); i++) {
            if (i >= 3 && peer.buffer.get(i) == '\n' && peer.buffer.get(i - 2) == '\n') {
                peer.open = true;
                peer.buffer.position(i + 1);
                client.write(ByteBuffer.wrap(SWITCH));
                return;
            }
        }
        peer.headEnd = peer.buffer.limit();
    }
}
