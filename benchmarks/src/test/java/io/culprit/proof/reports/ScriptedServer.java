package io.culprit.proof.reports;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers whole requests one after another as a cell of {@code bug-reports.tsv} says, and keeps what it was sent. */
final class ScriptedServer implements AutoCloseable {
    private static final String OK = "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok";

    private final ServerSocket listener;
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private List<String> answers = List.of();
    private int answered;

    ScriptedServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket client = listener.accept();
                    start(() -> serve(client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    private static void start(Runnable what) {
        Thread thread = new Thread(what, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Begins with this script, whatever was before. */
    synchronized void play(String cell) {
        answers = List.of(cell.split("\\{next}"));
        answered = 0;
        seen.reset();
    }

    synchronized byte[] seen() {
        return seen.toByteArray();
    }

    private synchronized String answer() {
        return answers.get(Math.min(answered, answers.size() - 1));
    }

    private synchronized void saw(byte[] bytes, int length) {
        seen.write(bytes, 0, length);
    }

    private void serve(Socket client) {
        try (client) {
            StringBuilder request = new StringBuilder();
            byte[] buffer = new byte[65536];
            InputStream in = client.getInputStream();
            while (true) {
                int n = in.read(buffer);
                if (n < 0) {
                    return;
                }
                saw(buffer, n);
                request.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                String answer = answer();
                if (Messages.wholeRequest(request.toString(), answer.contains("{early}"))) {
                    request.setLength(0);
                    synchronized (this) {
                        answered++;
                    }
                    String text = answer.replace("{early}", "")
                            .replace("@ok", OK)
                            .replaceFirst("^-$", OK.replace("\\", "\\\\"));
                    client.getOutputStream()
                            .write(BugReport.bytes(text.replace("{close}", "").replace("{wait}", "")));
                    if (text.contains("{close}")) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // the gateway left: the next connection is served
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
