import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;

/**
 * The same as {@link NioFloor} on Linux's own calls by the foreign-function interface (JDK 22 and newer): epoll
 * edge-triggered, a socket registered once and never changed, {@code accept4}, no exception for an error.
 * {@code java --enable-native-access=ALL-UNNAMED EpollFloor.java PORT UPSTREAM_PORT}.
 */
final class EpollFloor {
    private static final int EAGAIN = 11;
    private static final int EPOLLIN = 1;
    private static final int EPOLLRDHUP = 0x2000;
    private static final int EPOLLET = 1 << 31;
    private static final int EVENTS = 512;
    private static final int EVENT_SIZE = 12; // packed on x86-64
    private static final int BUFFER_SIZE = 64 * 1024;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MemorySegment CAPTURED = Arena.global().allocate(STATE);

    private static final MethodHandle READ = quick("read", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle WRITE = quick("write", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle CLOSE = quick("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle ACCEPT4 = quick("accept4", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle EPOLL_CTL = quick("epoll_ctl", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    private static final MethodHandle SETSOCKOPT = quick("setsockopt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle SOCKET = quick("socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle CONNECT = quick("connect", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle BIND = quick("bind", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    private static final MethodHandle LISTEN = quick("listen", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle FCNTL = quick("fcntl", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle EPOLL_CREATE = quick("epoll_create1", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    /** May wait: the thread must not hold up a safepoint meanwhile. */
    private static final MethodHandle EPOLL_WAIT = LINKER.downcallHandle(
            LIBC.find("epoll_wait").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private static final MemorySegment BUFFER = Arena.global().allocate(BUFFER_SIZE, 64);
    private static final MemorySegment EVENT = Arena.global().allocate(EVENT_SIZE, 8);
    private static final MemorySegment READY = Arena.global().allocate((long) EVENTS * EVENT_SIZE, 8);
    private static final MemorySegment ONE = Arena.global().allocateFrom(ValueLayout.JAVA_INT, 1);

    private static final MemorySegment CLOSED = MemorySegment.ofArray("close     ".getBytes());
    private static final Side[] SIDES = new Side[65_536];
    private static final ArrayDeque<Side> IDLE = new ArrayDeque<>();
    private static MemorySegment upstream;
    private static int epoll;

    private static final class Side {
        final int fd;
        final boolean isUpstream;
        boolean open = true;
        Side peer;
        boolean last;

        Side(int fd, boolean isUpstream) {
            this.fd = fd;
            this.isUpstream = isUpstream;
        }
    }

    private static MethodHandle quick(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                        LIBC.find(name).orElseThrow(),
                        FunctionDescriptor.of(result, parameters),
                        Linker.Option.critical(false),
                        Linker.Option.captureCallState("errno"))
                .bindTo(CAPTURED);
    }

    private static MemorySegment address(int port) {
        MemorySegment address = Arena.global().allocate(16, 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) 2);
        address.set(ValueLayout.JAVA_BYTE, 2, (byte) (port >> 8));
        address.set(ValueLayout.JAVA_BYTE, 3, (byte) port);
        address.set(ValueLayout.JAVA_BYTE, 4, (byte) 127);
        address.set(ValueLayout.JAVA_BYTE, 7, (byte) 1);
        return address;
    }

    private static int errno() {
        return (int) ERRNO.get(CAPTURED, 0L);
    }

    private static int checked(int result, String what) {
        if (result < 0) {
            throw new IllegalStateException(what + ": errno " + errno());
        }
        return result;
    }

    public static void main(String... args) throws Throwable {
        upstream = address(Integer.parseInt(args[1]));
        int listener = checked((int) SOCKET.invokeExact(2, 1 | 0x800, 0), "socket");
        checked((int) SETSOCKOPT.invokeExact(listener, 1, 2, ONE, 4), "SO_REUSEADDR");
        // Those that are accepted inherit it.
        checked((int) SETSOCKOPT.invokeExact(listener, 6, 1, ONE, 4), "TCP_NODELAY");
        checked((int) BIND.invokeExact(listener, address(Integer.parseInt(args[0])), 16), "bind");
        checked((int) LISTEN.invokeExact(listener, 4096), "listen");
        epoll = checked((int) EPOLL_CREATE.invokeExact(0), "epoll_create1");
        watch(listener, EPOLLIN);
        while (true) {
            int ready = (int) EPOLL_WAIT.invokeExact(epoll, READY, EVENTS, -1);
            for (int i = 0; i < ready; i++) {
                int fd = READY.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * EVENT_SIZE + 4);
                if (fd == listener) {
                    accept(listener);
                } else if (SIDES[fd] != null) {
                    readable(SIDES[fd]);
                }
            }
        }
    }

    private static void watch(int fd, int events) throws Throwable {
        EVENT.set(ValueLayout.JAVA_INT_UNALIGNED, 0, events);
        EVENT.set(ValueLayout.JAVA_INT_UNALIGNED, 4, fd);
        checked((int) EPOLL_CTL.invokeExact(epoll, 1, fd, EVENT), "epoll_ctl");
    }

    private static void accept(int listener) throws Throwable {
        for (int i = 0; i < 64; i++) {
            int fd = (int) ACCEPT4.invokeExact(listener, MemorySegment.NULL, MemorySegment.NULL, 0x800);
            if (fd < 0) {
                return;
            }
            SIDES[fd] = new Side(fd, false);
            watch(fd, EPOLLIN | EPOLLRDHUP | EPOLLET);
        }
    }

    /** Where these four bytes stand, -1 where they do not. */
    private static long find(int word, long length) {
        for (long i = 0; i + 4 <= length; i++) {
            if (BUFFER.get(ValueLayout.JAVA_INT_UNALIGNED, i) == word) {
                return i;
            }
        }
        return -1;
    }

    /** Takes {@code Connection: close} out of a request: only the client's connection ends. */
    private static boolean asksToClose(long length) {
        long at = find(0x736f6c63, length);
        if (at >= 0) {
            BUFFER.set(ValueLayout.JAVA_BYTE, at, (byte) 'x');
        }
        return at >= 0;
    }

    /** Says {@code close} where the upstream's response says {@code keep-alive}. */
    private static void sayClose(long length) {
        long at = find(0x7065656b, length);
        if (at >= 0) {
            MemorySegment.copy(CLOSED, 0, BUFFER, at, CLOSED.byteSize());
        }
    }

    private static void readable(Side side) throws Throwable {
        long read = (long) READ.invokeExact(side.fd, BUFFER, (long) BUFFER_SIZE);
        if (read < 0 && errno() == EAGAIN) {
            return;
        }
        if (read <= 0) {
            close(side);
            return;
        }
        if (side.isUpstream) {
            Side client = side.peer;
            side.peer = null;
            IDLE.push(side);
            if (client != null && client.open) {
                if (client.last) {
                    sayClose(read);
                }
                long written = (long) WRITE.invokeExact(client.fd, BUFFER, read);
                if (client.last) {
                    close(client);
                }
            }
            return;
        }
        side.last = asksToClose(read);
        Side to = IDLE.poll();
        if (to == null) {
            to = connect();
        }
        to.peer = side;
        long written = (long) WRITE.invokeExact(to.fd, BUFFER, read);
    }

    private static Side connect() throws Throwable {
        int fd = checked((int) SOCKET.invokeExact(2, 1, 0), "socket");
        checked((int) CONNECT.invokeExact(fd, upstream, 16), "connect");
        checked((int) SETSOCKOPT.invokeExact(fd, 6, 1, ONE, 4), "TCP_NODELAY");
        checked((int) FCNTL.invokeExact(fd, 4, 0x802), "O_NONBLOCK");
        Side side = new Side(fd, true);
        SIDES[fd] = side;
        watch(fd, EPOLLIN | EPOLLRDHUP | EPOLLET);
        return side;
    }

    private static void close(Side side) throws Throwable {
        side.open = false;
        if (side.isUpstream) {
            IDLE.remove(side);
        }
        SIDES[side.fd] = null;
        int ignored = (int) CLOSE.invokeExact(side.fd);
    }
}
