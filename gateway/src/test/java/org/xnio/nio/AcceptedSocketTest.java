package org.xnio.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.conduits.StreamSinkConduit;

/** When a client's socket gets into the selector, and when it may not wait for acknowledgements. */
class AcceptedSocketTest {
    private XnioWorker worker;
    private XnioIoThread thread;
    private SocketChannel client;
    private SocketChannel accepted;
    private StreamConnection connection;

    @BeforeEach
    void open() throws Exception {
        worker = Xnio.getInstance().createWorker(OptionMap.EMPTY);
        thread = worker.getIoThread(0);
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(listener.getLocalAddress());
            accepted = listener.accept();
        }
        accepted.configureBlocking(false);
        connection = on(() -> AcceptedSocket.connection(thread, accepted));
    }

    @AfterEach
    void close() throws Exception {
        on(() -> {
            IoUtils.safeClose(connection);
            return null;
        });
        client.close();
        worker.shutdownNow();
    }

    private <T> T on(Callable<T> work) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                done.complete(work.call());
            } catch (Exception | Error e) {
                done.completeExceptionally(e);
            }
        });
        return done.get(10, TimeUnit.SECONDS);
    }

    private boolean noDelay() throws Exception {
        return accepted.getOption(StandardSocketOptions.TCP_NODELAY);
    }

    private void write(int bytes) throws Exception {
        StreamSinkConduit sink = connection.getSinkChannel().getConduit();
        assertEquals(bytes, on(() -> sink.write(ByteBuffer.allocate(bytes))));
    }

    @Test
    void itEntersTheSelectorWhenSomebodyWaits() throws Exception {
        assertFalse(accepted.isRegistered(), "whoever only reads and writes needs no place");
        client.write(ByteBuffer.wrap(new byte[] {1}));
        CountDownLatch told = new CountDownLatch(1);
        on(() -> {
            connection.getSourceChannel().setReadListener(c -> {
                c.suspendReads();
                told.countDown();
            });
            connection.getSourceChannel().resumeReads();
            return null;
        });
        assertTrue(accepted.isRegistered());
        assertTrue(told.await(10, TimeUnit.SECONDS), "what had come before is told");
    }

    @Test
    void aClosedOneIsNotWaitedFor() throws Exception {
        on(() -> {
            IoUtils.safeClose(connection);
            connection.getSourceChannel().getConduit().resumeReads();
            connection.getSourceChannel().getConduit().wakeupReads();
            connection.getSinkChannel().getConduit().resumeWrites();
            return null;
        });
        assertFalse(accepted.isRegistered());
        assertFalse(connection.isOpen());
    }

    @Test
    void oneShortAnswerNeedsNoOption() throws Exception {
        write(500);
        assertFalse(noDelay());
    }

    @Test
    void aSecondWriteMayNotWait() throws Exception {
        write(500);
        write(500);
        assertTrue(noDelay());
    }

    @Test
    void theTailOfSeveralSegmentsMayNotWait() throws Exception {
        write(1_500);
        assertTrue(noDelay());
    }
}
