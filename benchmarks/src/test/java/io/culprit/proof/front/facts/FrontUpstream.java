package io.culprit.proof.front.facts;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The upstream behind front-cases.tsv. What it does, it does by the path: six bytes for most, {@code /hold} after 1.2 s, {@code
 * /tear} and its like break their body off, {@code /ws/...} take upgrades. {@code /long} is taken off, {@code /tunnelws} is {@code
 * /ws}, as Apache's configuration has it. One request a connection.
 */
final class FrontUpstream implements AutoCloseable {
    private static final int BIG = 1 << 20;
    private static final String SIX = "hello\n";

    private final ServerSocket socket = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FrontUpstream() throws IOException {
        threads.execute(() -> {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    threads.execute(() -> serve(client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The head and what of the body matters: where it ends. */
    private record Request(String path, String key, boolean broken) {
        private static final byte[] END = {'\r', '\n', '\r', '\n'};

        static Request read(InputStream in) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int ends = 0; ends < END.length; ) { // a head may have 100 kB
                int next = in.read();
                if (next < 0) {
                    return new Request("", "", true);
                }
                all.write(next);
                ends = next == END[ends] ? ends + 1 : next == END[0] ? 1 : 0;
            }
            String head = all.toString(StandardCharsets.ISO_8859_1);
            String target =
                    head.split(" ", 3)[1].replaceFirst("^https?://[^/]+", "").replaceFirst("[?].*", "");
            String path = target.replaceFirst("^/long/", "/").replaceFirst("^/tunnelws/", "/ws/");
            String length = field(head, "content-length");
            boolean broken = false;
            if (length.matches("\\d+")) {
                int wanted = Integer.parseInt(length);
                broken = in.readNBytes(wanted).length < wanted;
            } else if (!field(head, "transfer-encoding").isEmpty()) {
                broken = !chunks(in);
            }
            return new Request(path, field(head, "sec-websocket-key"), broken);
        }

        private static String field(String head, String name) {
            for (String line : head.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return "";
        }

        private static boolean chunks(InputStream in) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                all.write(next);
                if (next == '\n') {
                    String text = all.toString(StandardCharsets.ISO_8859_1);
                    if (text.endsWith("\r\n\r\n") && (text.startsWith("0\r\n") || text.contains("\r\n0\r\n"))) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            client.setSoTimeout(6_000);
            InputStream in = new BufferedInputStream(client.getInputStream());
            Request request = Request.read(in);
            if (request.broken()) {
                return;
            }
            if (request.path().startsWith("/ws/")) {
                tunnel(request, in, client);
            } else {
                answer(request.path(), in, client);
            }
        } catch (Exception e) {
            // the gateway left, as many rows want
        }
    }

    private static String whole(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length()
                + "\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" + body;
    }

    private static void write(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void answer(String path, InputStream in, Socket client) throws Exception {
        String chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n";
        String half = whole("200 OK", "x".repeat(100_000)).substring(0, 20_100);
        switch (path) {
            case "/hold" -> {
                Thread.sleep(1_200);
                write(client, whole("200 OK", SIX));
            }
            case "/big" -> write(client, whole("200 OK", "x".repeat(BIG)));
            case "/slowbig" -> {
                String big = whole("200 OK", "x".repeat(BIG));
                write(client, big.substring(0, 300_000));
                Thread.sleep(1_200);
                write(client, big.substring(300_000));
            }
            case "/tear" -> {
                write(client, half);
                Thread.sleep(100);
            }
            case "/tearrst" -> {
                write(client, half);
                Thread.sleep(300);
                client.setSoLinger(true, 0);
            }
            case "/chunktear" -> {
                write(client, chunk);
                Thread.sleep(100);
            }
            case "/badchunk" -> {
                write(client, chunk);
                Thread.sleep(200);
                write(client, "zz\r\nworld\r\n");
                Thread.sleep(200);
            }
            case "/close" -> {}
            case "/rst" -> client.setSoLinger(true, 0);
            case "/stall" -> in.readAllBytes();
            case "/stallbody" -> {
                write(client, half);
                in.readAllBytes();
            }
            case "/unreq101" -> {
                write(client, switching("websocket", "") + "RAWDATA");
                in.readAllBytes();
            }
            case "/badhead" -> write(client, "garbage\r\n\r\n");
            case "/204" -> write(client, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            default -> write(client, whole("200 OK", SIX));
        }
    }

    private static String switching(String protocol, String key) throws Exception {
        String accept = key.isEmpty()
                ? "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
                : Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-1")
                                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes()));
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + protocol
                + "\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n";
    }

    private static void tunnel(Request request, InputStream in, Socket client) throws Exception {
        String what = request.path().substring("/ws/".length());
        String open = switching("websocket", request.key());
        switch (what) {
            case "200" -> write(client, whole("200 OK", SIX));
            case "404" -> write(client, whole("404 Not Found", SIX));
            case "426" ->
                write(client, whole("426 Upgrade Required", SIX).replace("\r\n\r\n", "\r\nUpgrade: websocket\r\n\r\n"));
            case "500" -> write(client, whole("500 Oops", SIX));
            case "noresp" -> {
                return;
            }
            case "stall" -> {}
            case "wrongproto" -> write(client, switching("other", request.key()));
            case "nohdr" -> write(client, "HTTP/1.1 101 Switching Protocols\r\n\r\n");
            case "cl101" -> write(client, open.replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nHELLO"));
            case "late" -> {
                Thread.sleep(600);
                write(client, open);
            }
            case "withdata" -> write(client, open + "HELLO");
            case "103" -> {
                write(client, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                Thread.sleep(100);
                write(client, open);
            }
            case "badaccept" -> write(client, switching("websocket", ""));
            default -> write(client, open);
        }
        switch (what) {
            case "closenow" -> {}
            case "close" -> Thread.sleep(300);
            case "rst" -> {
                Thread.sleep(300);
                client.setSoLinger(true, 0);
            }
            case "half" -> {
                write(client, "BYE");
                Thread.sleep(100);
                client.shutdownOutput();
                in.readAllBytes();
            }
            case "push" -> {
                for (int i = 0; i < 8; i++) {
                    write(client, "TICK");
                    Thread.sleep(500);
                }
            }
            case "200", "404", "426", "500", "stall" -> in.readAllBytes();
            case "echohalf" -> {
                in.readAllBytes();
                write(client, "LATE");
                Thread.sleep(200);
            }
            default -> in.transferTo(client.getOutputStream());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
