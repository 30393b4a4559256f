package io.culprit.triage.probe;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.triage.probe.ProbeResult.Certificate;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Asks by HTTP/1.1 on a connection of its own, phase by phase. Certificates are looked at and never refused: what is wrong with
 * them is part of the answer. One question per object; any thread.
 */
public final class HttpProbe {
    /** Most answers come by the first address; the next gets its turn soon where that one says nothing (RFC 8305). */
    private static final int SHARE = 2;

    private final int timeoutMillis;
    private long begun;
    private long nameMillis = -1;
    private long connectMillis = -1;
    private long tlsMillis = -1;
    private long firstMillis = -1;
    private String address = "";
    private List<String> addresses = List.of();
    private Optional<Certificate> certificate = Optional.empty();

    /**
     * @param timeoutMillis for all of it
     */
    public HttpProbe(int timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * Asks for a page.
     *
     * @param via address to connect to instead of what the name stands for, {@code host} or {@code host:port}; empty for none
     */
    public ProbeResult ask(Target target, String via) {
        begun = System.nanoTime();
        try {
            List<InetSocketAddress> all = resolve(target, via);
            try (Socket socket = connect(all)) {
                Socket spoken = target.tls() ? tls(socket, target) : socket;
                return exchange(spoken, target);
            }
        } catch (UnknownHostException e) {
            boolean failed = message(e).contains("emporary failure");
            return failed(
                    failed ? Cause.DNS_FAILED : Cause.DNS_NOT_FOUND,
                    "no address for " + (via.isEmpty() ? target.name() : via));
        } catch (SocketTimeoutException e) {
            return failed(timeout(target), "nothing for " + timeoutMillis + " ms");
        } catch (NoRouteToHostException e) {
            return failed(Cause.CONNECT_UNREACHABLE, message(e));
        } catch (ConnectException e) {
            boolean refused = message(e).contains("refused");
            return failed(refused ? Cause.CONNECT_REFUSED : Cause.CONNECT_KERNEL_TIMEOUT, message(e));
        } catch (SSLException e) {
            return failed(tlsCause(e), told(e));
        } catch (EOFException e) {
            return failed(
                    target.tls() && tlsMillis < 0 ? Cause.TLS_CLOSED : Cause.HEAD_CLOSED, "closed before an answer");
        } catch (SocketException e) {
            boolean handshake = target.tls() && tlsMillis < 0 && connectMillis >= 0;
            boolean route = message(e).contains("unreachable");
            return failed(
                    route ? Cause.CONNECT_UNREACHABLE : handshake ? Cause.TLS_CLOSED : Cause.HEAD_RESET, message(e));
        } catch (IOException e) {
            return failed(Cause.HEAD_CLOSED, message(e));
        }
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private Cause timeout(Target target) {
        if (nameMillis < 0) {
            return Cause.DNS_TIMEOUT;
        }
        if (connectMillis < 0) {
            return Cause.CONNECT_TIMEOUT;
        }
        if (target.tls() && tlsMillis < 0) {
            return Cause.TLS_TIMEOUT;
        }
        return firstMillis >= 0 ? Cause.BODY_TIMEOUT : Cause.HEAD_TIMEOUT;
    }

    /** Milliseconds that are left of the whole time; at least one. */
    private int left() {
        return (int) Math.max(1, timeoutMillis - since(begun));
    }

    private static Cause tlsCause(SSLException e) {
        String text = message(e);
        if (text.contains("plaintext connection") || text.contains("Unsupported or unrecognized SSL message")) {
            return Cause.TLS_NOT_TLS;
        }
        return text.contains("closed") || text.contains("terminated")
                ? Cause.TLS_CLOSED
                : text.contains("fatal alert") ? Cause.TLS_ALERT : Cause.TLS_REFUSED;
    }

    /** In words of the field what the library says in its own. */
    private static String told(SSLException e) {
        String text = message(e);
        int alert = text.indexOf("fatal alert: ");
        if (alert >= 0) {
            return "the server ended it with the alert " + text.substring(alert + "fatal alert: ".length());
        }
        return switch (tlsCause(e)) {
            case TLS_NOT_TLS -> "what came is no TLS; a server for plain HTTP listens here, or another protocol's";
            case TLS_CLOSED -> "closed in the handshake";
            default -> "the handshake broke: " + text.replaceFirst("^\\(\\w+\\) ", "");
        };
    }

    private List<InetSocketAddress> resolve(Target target, String via) throws IOException {
        String host = target.name();
        int port = target.port();
        if (!via.isEmpty()) {
            int colon = via.lastIndexOf(':');
            boolean hasPort = colon > 0 && (via.indexOf(':') == colon || via.charAt(colon - 1) == ']');
            host = (hasPort ? via.substring(0, colon) : via).replace("[", "").replace("]", "");
            port = hasPort ? port(via.substring(colon + 1)) : port;
        }
        InetAddress[] all = lookup(host);
        addresses = Arrays.stream(all).map(InetAddress::getHostAddress).toList();
        nameMillis = since(begun);
        int at = port;
        return Arrays.stream(all).map(each -> new InetSocketAddress(each, at)).toList();
    }

    /** The system's resolver waits for as long as resolv.conf says, which nobody can shorten: it is left behind then. */
    private InetAddress[] lookup(String host) throws IOException {
        CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
        Thread resolver = new Thread(
                () -> {
                    try {
                        answer.complete(InetAddress.getAllByName(host));
                    } catch (IOException e) {
                        answer.completeExceptionally(e);
                    }
                },
                "resolver");
        resolver.setDaemon(true);
        resolver.start();
        try {
            return answer.get(left(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("no name server answered");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SocketTimeoutException("interrupted");
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no port");
        }
        throw new IllegalArgumentException("\"" + text + "\" is no port");
    }

    /** By the first address that takes the connection; the last one's trouble is what is told. */
    private Socket connect(List<InetSocketAddress> all) throws IOException {
        for (int i = 0; ; i++) {
            boolean last = i == all.size() - 1;
            long start = System.nanoTime();
            Socket socket = new Socket();
            try {
                socket.connect(all.get(i), last ? left() : Math.max(1, left() / SHARE));
                connectMillis = since(start);
                address = all.get(i).getAddress().getHostAddress() + ":"
                        + all.get(i).getPort();
                return socket;
            } catch (IOException e) {
                socket.close();
                if (last) {
                    throw e;
                }
            }
        }
    }

    private Socket tls(Socket socket, Target target) throws IOException {
        long start = System.nanoTime();
        Handshake handshake = new Handshake(target.name());
        socket.setSoTimeout(left());
        SSLSocket spoken = handshake.on(socket, target.port());
        tlsMillis = since(start);
        certificate = handshake.certificate(spoken.getSession());
        return spoken;
    }

    private ProbeResult exchange(Socket socket, Target target) throws IOException {
        String request = "GET " + target.path() + " HTTP/1.1\r\nHost: " + target.host()
                + "\r\nUser-Agent: culprit\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        long start = System.nanoTime();
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        socket.setSoTimeout(left());
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[16 * 1024];
        ResponseParser response = new ResponseParser();
        try {
            while (true) {
                int read = in.read(buffer);
                if (read < 0) {
                    return result(response.answer(), response.ended(false));
                }
                if (firstMillis < 0) {
                    firstMillis = since(start);
                }
                if (response.take(ByteBuffer.wrap(buffer, 0, read)) || response.received() > Answer.MOST) {
                    return result(response.answer(), Optional.empty()); // who wrote it is told by the beginning
                }
                if (since(begun) > timeoutMillis) {
                    return result(response.answer(), late(response));
                }
                socket.setSoTimeout(left());
            }
        } catch (MessageException e) {
            return result(response.answer(), Optional.of(e.failure()));
        } catch (SocketTimeoutException e) {
            return result(response.answer(), late(response));
        } catch (SSLException e) {
            return result(response.answer(), Optional.of(torn(e, response)));
        } catch (SocketException e) {
            return result(response.answer(), response.ended(true));
        }
    }

    /** A long body is no failure: what has begun may go on for as long as it likes. */
    private Optional<Failure> late(ResponseParser response) {
        if (response.headed()) {
            return Optional.of(Failure.of(
                    Cause.BODY_TIMEOUT, response.progress() + " in the " + timeoutMillis + " ms of this look"));
        }
        return Optional.of(Failure.of(
                Cause.HEAD_TIMEOUT,
                firstMillis < 0
                        ? "nothing for " + timeoutMillis + " ms"
                        : "no answer in " + timeoutMillis + " ms, " + response.progress()));
    }

    /** After the handshake: an alert, or an end without close_notify, which a body of unknown length needs (RFC 8446 section 6.1). */
    private static Failure torn(SSLException e, ResponseParser response) {
        Cause cause = tlsCause(e);
        boolean closed = cause == Cause.TLS_CLOSED;
        return closed && response.headed()
                ? Failure.of(Cause.BODY_TRUNCATED, "closed without close_notify after " + response.progress())
                : closed
                        ? Failure.of(Cause.HEAD_CLOSED, "closed without close_notify before an answer")
                        : Failure.of(cause, told(e));
    }

    private ProbeResult failed(Cause cause, String detail) {
        return result(Optional.empty(), Optional.of(Failure.of(cause, detail)));
    }

    private ProbeResult result(Optional<Answer> answer, Optional<Failure> failure) {
        return new ProbeResult(
                address,
                addresses,
                nameMillis,
                connectMillis,
                tlsMillis,
                firstMillis,
                since(begun),
                certificate,
                answer,
                failure.map(Failure::cause),
                failure.map(Failure::detail).orElse(""));
    }

    private static long since(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000L;
    }
}
