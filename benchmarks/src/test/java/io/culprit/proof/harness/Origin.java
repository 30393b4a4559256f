package io.culprit.proof.harness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * The JDK's HTTP server as an upstream: {@code /head} answers with the request's fields, {@code /echo} with its body, {@code
 * /bytes/N} with N bytes, {@code /slow} after a second, {@code /torn} with half of what it announces.
 */
public final class Origin implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public Origin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        server.createContext("/", Origin::answer);
        server.setExecutor(threads);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (path.startsWith("/head")) {
                body = exchange.getRequestHeaders().entrySet().stream()
                        .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()) + "\n")
                        .sorted()
                        .collect(Collectors.joining())
                        .getBytes(StandardCharsets.ISO_8859_1);
            } else if (path.startsWith("/bytes/")) {
                body = pattern(Integer.parseInt(path.substring("/bytes/".length())));
            } else if (path.startsWith("/slow")) {
                pause();
            } else if (path.startsWith("/torn")) {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write(new byte[500]);
                exchange.getResponseBody().flush();
                throw new IOException("torn on purpose");
            }
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Bytes that tell when one is missing or twice there. */
    public static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
