package io.culprit.bench.peers.capacity;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Many clients that behave alike and stay, from {@value #ADDRESSES} addresses of loopback. Owned by the thread that made it.
 */
public final class Crowd implements AutoCloseable {
    private static final int ADDRESSES = 40;

    private final InetSocketAddress proxy;
    private final Behaviour behaviour;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> all = new ArrayList<>();
    private final ByteBuffer read = ByteBuffer.allocate(64 << 10);

    public Crowd(InetSocketAddress proxy, Behaviour behaviour) throws IOException {
        this.proxy = proxy;
        this.behaviour = behaviour;
    }

    /** One more client. */
    public void join() throws IOException {
        SocketChannel client = SocketChannel.open();
        client.configureBlocking(false);
        if (!behaviour.reads()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 10);
        }
        client.bind(new InetSocketAddress("127.0.3." + (1 + all.size() % ADDRESSES), 0));
        client.register(
                selector,
                client.connect(proxy) ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT,
                ByteBuffer.wrap(behaviour.bytes()));
        all.add(client);
    }

    /** Goes on with whatever can go on, for a while. */
    public void go(long millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000;
        do {
            selector.select(key -> step(key, (ByteBuffer) key.attachment()), 1);
        } while (System.nanoTime() < end);
    }

    private void step(SelectionKey key, ByteBuffer unsent) {
        SocketChannel client = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                client.finishConnect();
                key.interestOps(SelectionKey.OP_WRITE);
            }
            if (key.isWritable()) {
                client.write(unsent);
                if (!unsent.hasRemaining()) {
                    key.interestOps(behaviour.reads() ? SelectionKey.OP_READ : 0);
                }
            }
            if (key.isReadable() && client.read(read.clear()) < 0) {
                key.cancel();
                client.close();
            }
        } catch (IOException e) {
            key.cancel(); // it was reset or not let in, which the count of those that are held shows
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel each : all) {
            each.close();
        }
        selector.close();
    }
}
