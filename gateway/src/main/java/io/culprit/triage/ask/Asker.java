package io.culprit.triage.ask;

import io.culprit.failure.Cause;
import io.culprit.triage.ask.Asked.Certificate;
import java.io.ByteArrayOutputStream;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Asks by HTTP/1.1 on a connection of its own, phase by phase. Certificates are looked at and never refused: what is wrong with
 * them is part of the answer. One question per object; any thread.
 */
public final class Asker {
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
     * @param timeoutMillis for each phase
     */
    public Asker(int timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * Asks for a page.
     *
     * @param via address to connect to instead of what the name stands for, {@code host} or {@code host:port}; empty for none
     */
    public Asked ask(Target target, String via) {
        begun = System.nanoTime();
        try {
            InetSocketAddress to = resolve(target, via);
            try (Socket socket = connect(to)) {
                Socket spoken = target.tls() ? tls(socket, target) : socket;
                Answer answer = exchange(spoken, target);
                return result(Optional.of(answer), Optional.empty(), "");
            }
        } catch (UnknownHostException e) {
            return failed(Cause.DNS_NOT_FOUND, "no address for " + (via.isEmpty() ? target.name() : via));
        } catch (SocketTimeoutException e) {
            return failed(timeout(), "nothing for " + timeoutMillis + " ms");
        } catch (NoRouteToHostException e) {
            return failed(Cause.CONNECT_UNREACHABLE, message(e));
        } catch (ConnectException e) {
            boolean refused = message(e).contains("refused");
            return failed(refused ? Cause.CONNECT_REFUSED : Cause.CONNECT_KERNEL_TIMEOUT, message(e));
        } catch (SSLException e) {
            return failed(tlsCause(e), message(e));
        } catch (EOFException e) {
            return failed(
                    target.tls() && tlsMillis < 0 ? Cause.TLS_CLOSED : Cause.HEAD_CLOSED, "closed before an answer");
        } catch (SocketException e) {
            boolean handshake = target.tls() && tlsMillis < 0 && connectMillis >= 0;
            boolean route = message(e).contains("unreachable");
            return failed(
                    route ? Cause.CONNECT_UNREACHABLE : handshake ? Cause.TLS_CLOSED : Cause.HEAD_RESET, message(e));
        } catch (IllegalArgumentException e) {
            return failed(Cause.HEAD_NOT_HTTP, message(e));
        } catch (IOException e) {
            return failed(Cause.HEAD_CLOSED, message(e));
        }
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private Cause timeout() {
        return connectMillis < 0 ? Cause.CONNECT_TIMEOUT : firstMillis >= 0 ? Cause.BODY_TIMEOUT : Cause.HEAD_TIMEOUT;
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

    private InetSocketAddress resolve(Target target, String via) throws UnknownHostException {
        String host = target.name();
        int port = target.port();
        if (!via.isEmpty()) {
            int colon = via.lastIndexOf(':');
            boolean hasPort = colon > 0 && (via.indexOf(':') == colon || via.charAt(colon - 1) == ']');
            host = (hasPort ? via.substring(0, colon) : via).replace("[", "").replace("]", "");
            port = hasPort ? port(via.substring(colon + 1)) : port;
        }
        InetAddress[] all = InetAddress.getAllByName(host);
        addresses = Arrays.stream(all).map(InetAddress::getHostAddress).toList();
        nameMillis = since(begun);
        return new InetSocketAddress(all[0], port);
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

    private Socket connect(InetSocketAddress to) throws IOException {
        long start = System.nanoTime();
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(timeoutMillis);
            socket.connect(to, timeoutMillis);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        connectMillis = since(start);
        address = to.getAddress().getHostAddress() + ":" + to.getPort();
        return socket;
    }

    private Socket tls(Socket socket, Target target) throws IOException {
        long start = System.nanoTime();
        Handshake handshake = new Handshake(target.name());
        SSLSocket spoken = handshake.on(socket, target.port());
        tlsMillis = since(start);
        certificate = handshake.certificate(spoken.getSession());
        return spoken;
    }

    private Answer exchange(Socket socket, Target target) throws IOException {
        String request = "GET " + target.path() + " HTTP/1.1\r\nHost: " + target.host()
                + "\r\nUser-Agent: culprit\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        long start = System.nanoTime();
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[16 * 1024];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (firstMillis < 0) {
                    firstMillis = since(start);
                }
                raw.write(buffer, 0, read);
                boolean late = since(start) > 2L * timeoutMillis;
                if (raw.size() > Answer.MOST + 64 * 1024 || late || raw.size() < 64 * 1024 && whole(raw)) {
                    break; // who wrote it is told by the beginning
                }
            }
        } catch (IOException e) {
            if (raw.size() == 0) {
                throw e;
            }
        }
        if (raw.size() == 0) {
            throw new EOFException();
        }
        return Answer.parse(raw.toByteArray());
    }

    /** Some servers do not close although they were asked to. */
    private static boolean whole(ByteArrayOutputStream raw) {
        byte[] bytes = raw.toByteArray();
        String text = new String(bytes, 0, Math.min(bytes.length, 64 * 1024), StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        Answer head = Answer.parse(Arrays.copyOf(bytes, end + 4));
        String length = head.first("content-length");
        if (length.matches("\\d{1,12}")) {
            return bytes.length - end - 4 >= Long.parseLong(length);
        }
        return head.first("transfer-encoding").contains("chunked") && text.endsWith("\r\n0\r\n\r\n");
    }

    private Asked failed(Cause cause, String detail) {
        return result(Optional.empty(), Optional.of(cause), detail);
    }

    private Asked result(Optional<Answer> answer, Optional<Cause> failure, String detail) {
        return new Asked(
                address,
                addresses,
                nameMillis,
                connectMillis,
                tlsMillis,
                firstMillis,
                since(begun),
                certificate,
                answer,
                failure,
                detail);
    }

    private static long since(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000L;
    }
}
