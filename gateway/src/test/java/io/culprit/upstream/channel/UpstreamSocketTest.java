package io.culprit.upstream.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.loop.IoLoop;
import io.culprit.upstream.Rig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets: who is told of what, on which thread, and that nothing leaks. */
class UpstreamSocketTest {
    @TempDir
    Path directory;

    private Rig rig;
    private ServerSocket server;
    private int before;
    private final List<String> told = new CopyOnWriteArrayList<>();

    /** Writes down what it is told and on which thread. */
    private class Told implements ChannelHandler {
        private UpstreamChannel channel;
        private boolean fails;

        private void told(String what) {
            told.add(what + " " + Thread.currentThread().getName().replaceAll(".*-", ""));
            if (fails) {
                throw new IllegalStateException("broken");
            }
        }

        @Override
        public void connected() {
            told("connected");
        }

        @Override
        public void connectFailed(IOException e) {
            told(Errno.of(e).name());
            channel.close();
        }

        @Override
        public void readable() {
            ByteBuffer in = ByteBuffer.allocate(100);
            int n;
            try {
                n = channel.read(in);
            } catch (IOException e) {
                n = -2;
            }
            if (n < 0) {
                channel.suspendReads();
            }
            told(n > 0 ? StandardCharsets.ISO_8859_1.decode(in.flip()).toString() : "read " + n);
        }

        @Override
        public void writable() {
            channel.suspendWrites();
            told("writable");
        }

        @Override
        public void abandoned(String why) {
            fails = false;
            told("abandoned: " + why);
        }
    }

    private final Told handler = new Told();

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(directory, 2, "servers: [ \"127.0.0.1:1\" ]");
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        before = UpstreamSocket.openChannels();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        server.close();
    }

    private IoLoop loop(int number) {
        return rig.loop(number);
    }

    private UpstreamChannel connect() throws Exception {
        return rig.run(() -> {
            UpstreamChannel opened = UpstreamSocket.connect(loop(0), server.getLocalSocketAddress(), handler);
            handler.channel = opened;
            return opened;
        });
    }

    private void await(String... expected) {
        Rig.await(List.of(expected) + " instead of " + told, () -> told.equals(List.of(expected)));
    }

    private void run(int loop, Action action) throws Exception {
        rig.run(loop, () -> {
            action.run();
            return null;
        });
    }

    private interface Action {
        void run() throws Exception;
    }

    @Test
    void bytesGoBothWaysAndTheEndIsSeen() throws Exception {
        UpstreamChannel channel = connect();
        try (Socket peer = server.accept()) {
            Rig.await("it stands", channel::connected);
            assertEquals(before + 1, UpstreamSocket.openChannels());
            String sent = "x".repeat(5000);
            run(0, () -> {
                assertEquals(2, channel.write(ByteBuffer.wrap("ab".getBytes())));
                channel.write(ByteBuffer.wrap(sent.getBytes()));
            });
            assertEquals("ab" + sent, new String(peer.getInputStream().readNBytes(5002)));
            told.clear(); // of its connecting
            peer.getOutputStream().write("hello".getBytes());
            await("hello 1");
            run(0, channel::shutdownOutput);
            assertEquals(-1, peer.getInputStream().read());
            peer.getOutputStream().write("more".getBytes());
            await("hello 1", "more 1");
            peer.close();
            await("hello 1", "more 1", "read -1 1");
            assertTrue(channel.endedProperly());
            run(0, () -> {
                channel.close();
                channel.close();
            });
            assertEquals(before, UpstreamSocket.openChannels());
        }
    }

    @Test
    void whoSuspendsIsToldNothing() throws Exception {
        UpstreamChannel channel = connect();
        try (Socket peer = server.accept()) {
            Rig.await("it stands", channel::connected);
            told.clear();
            run(0, channel::suspendReads);
            peer.getOutputStream().write("hello".getBytes());
            run(0, () -> {
                channel.resumeWrites();
                channel.resumeWrites();
            });
            await("writable 1");
            rig.settle();
            assertEquals(1, told.size(), "once, since it suspends writes then");
            run(0, channel::suspendWrites);
            run(0, channel::resumeReads);
            await("writable 1", "hello 1");
            run(0, channel::close);
        }
    }

    @Test
    void aRefusalIsToldOnceAndLeavesNothing() throws Exception {
        int port = server.getLocalPort();
        server.close();
        IOException refused = assertThrows(
                IOException.class,
                () -> rig.run(() -> UpstreamSocket.connect(
                        loop(0), new InetSocketAddress(InetAddress.getLoopbackAddress(), port), handler)));
        assertEquals(Errno.ECONNREFUSED, Errno.of(refused));
        assertEquals(List.of(), told);
        assertEquals(before, UpstreamSocket.openChannels());
    }

    @Test
    void unixSocketsAreReachedAlike() throws Exception {
        Path path = directory.resolve("a.sock");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        IOException missing =
                assertThrows(IOException.class, () -> rig.run(() -> UpstreamSocket.connect(loop(0), address, handler)));
        assertEquals(Errno.ENOENT, Errno.of(missing));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            UpstreamChannel channel = rig.run(() -> UpstreamSocket.connect(loop(0), address, handler));
            handler.channel = channel;
            assertTrue(channel.connected());
            try (SocketChannel peer = listener.accept()) {
                run(0, () -> {
                    channel.write(ByteBuffer.wrap("a".getBytes()));
                    channel.write(ByteBuffer.wrap("b".repeat(3000).getBytes()));
                });
                peer.write(ByteBuffer.wrap("hello".getBytes()));
                await("hello 1");
                ByteBuffer in = ByteBuffer.allocate(3001);
                while (in.hasRemaining() && peer.read(in) >= 0) {}
                assertFalse(in.hasRemaining());
            }
            run(0, channel::close);
        }
        assertEquals(before, UpstreamSocket.openChannels());
    }

    @Test
    void aHandlerThatFailsLosesItsConnectionAndIsToldWhy() throws Exception {
        UpstreamChannel channel = connect();
        try (Socket peer = server.accept()) {
            Rig.await("it stands", channel::connected);
            told.clear();
            handler.fails = true;
            peer.getOutputStream().write("hello".getBytes());
            Rig.await("it is told", () -> told.size() == 2);
            assertTrue(told.get(1).startsWith("abandoned: the gateway failed: "), told.get(1));
            assertTrue(told.get(1).contains("broken"), told.get(1));
            assertEquals(-1, peer.getInputStream().read());
            assertEquals(before, UpstreamSocket.openChannels());
        }
    }

    @Test
    void aThreadThatEndsAbandonsItsConnections() throws Exception {
        UpstreamChannel channel = connect();
        try (Socket peer = server.accept()) {
            Rig.await("it stands", channel::connected);
            told.clear();
            rig.close();
            Rig.await("it is told", () -> told.size() == 1);
            assertTrue(told.get(0).startsWith("abandoned: the IO thread gave the connection up"), told.get(0));
            assertEquals(-1, peer.getInputStream().read());
            assertEquals(before, UpstreamSocket.openChannels());
        }
    }

    @Test
    void aConnectionMovesToAnotherThread() throws Exception {
        UpstreamChannel channel = connect();
        try (Socket peer = server.accept()) {
            Rig.await("it stands", channel::connected);
            told.clear();
            UpstreamChannel.Detached moving = rig.run(channel::detach).orElseThrow();
            assertEquals(Optional.empty(), rig.run(channel::detach), "it has left");
            run(0, channel::close);
            peer.getOutputStream().write("hello".getBytes());
            rig.settle();
            assertEquals(List.of(), told);
            UpstreamChannel moved = rig.run(1, () -> {
                UpstreamChannel attached = moving.attach(loop(1));
                handler.channel = attached;
                attached.handler(handler);
                return attached;
            });
            assertTrue(moved.connected());
            await("hello 2");
            assertEquals(before + 1, UpstreamSocket.openChannels());
            run(1, moved::close);
            assertEquals(before, UpstreamSocket.openChannels());
            assertEquals(-1, peer.getInputStream().read());
        }
    }

    @Test
    void oneThatNobodyTakesIsClosed() throws Exception {
        UpstreamChannel channel = connect();
        try (Socket peer = server.accept()) {
            Rig.await("it stands", channel::connected);
            UpstreamChannel.Detached moving = rig.run(channel::detach).orElseThrow();
            moving.close();
            assertEquals(-1, peer.getInputStream().read());
            assertEquals(before, UpstreamSocket.openChannels());
        }
    }
}
