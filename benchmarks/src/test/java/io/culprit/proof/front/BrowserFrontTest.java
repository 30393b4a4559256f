package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Browser;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.TestGateway;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.util.Headers;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real browser on a page that is served over TLS and HTTP/2 and opens a WebSocket, in front of Undertow's. */
class BrowserFrontTest {
    private static final String PAGE = """
            <!doctype html><title>front</title><p id="protocol"></p><p id="said"></p><p id="end"></p>
            <img id="picture" src="/picture.svg" alt="">
            <script>
              document.querySelector("#protocol").textContent =
                  performance.getEntriesByType("navigation")[0].nextHopProtocol;
              const socket = new WebSocket("wss://" + location.host + "/echo");
              socket.onopen = () => socket.send("x".repeat(100000) + "!");
              socket.onmessage = event => {
                document.querySelector("#said").textContent = "echo of " + event.data.length;
                socket.close(1000);
              };
              socket.onclose = event => document.querySelector("#end").textContent =
                  "closed " + event.code + " " + event.wasClean;
            </script>
            """;

    @TempDir
    Path directory;

    @Test
    void aPageWithAWebSocketWorks() throws Exception {
        Certs certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        Undertow upstream = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path(exchange -> {
                            boolean picture = exchange.getRequestPath().endsWith(".svg");
                            exchange.getResponseHeaders()
                                    .put(Headers.CONTENT_TYPE, picture ? "image/svg+xml" : "text/html; charset=utf-8");
                            exchange.getResponseSender()
                                    .send(
                                            picture
                                                    ? "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
                                                    : PAGE);
                        })
                        .addExactPath("/echo", Handlers.websocket((exchange, channel) -> {
                            channel.getReceiveSetter().set(new Echo());
                            channel.resumeReceives();
                        })))
                .build();
        upstream.start();
        int port = ((InetSocketAddress) upstream.getListenerInfo().get(0).getAddress()).getPort();
        Path log = directory.resolve("access.log");
        try (TestGateway gateway = TestGateway.start(
                """
                listen: [ { address: "127.0.0.1:0", tls: { certificate: %s, key: %s } } ]
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(certs.file("a.crt"), certs.file("a.key"), port), "json", log.toString())) {
            try (Browser browser = Browser.openTrusting()) {
                browser.go("https://127.0.0.1:" + gateway.port() + "/");
                browser.awaitText("#protocol", "h2");
                browser.awaitText("#said", "echo of 100001");
                browser.awaitText("#end", "closed 1000 true");
                browser.untilPainted("#picture");
                assertEquals(
                        List.of(),
                        browser.complaints().stream()
                                .filter(each -> !each.contains("favicon"))
                                .toList());
            }
            TestGateway.await(
                    "the tunnel has ended", () -> lines(log).stream().anyMatch(l -> l.contains("tunnel_end")));
            String tunnel = lines(log).stream()
                    .filter(l -> l.contains("tunnel_end"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(tunnel.contains("\"protocol\":\"HTTP/2.0\""), tunnel);
            assertTrue(lines(log).stream().allMatch(l -> l.contains("HTTP/2.0")), "one connection served all of it");
        } finally {
            upstream.stop();
        }
    }

    private static List<String> lines(Path log) {
        try {
            return Files.readAllLines(log);
        } catch (java.io.IOException e) {
            return List.of();
        }
    }

    private static final class Echo extends AbstractReceiveListener {
        @Override
        protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
            WebSockets.sendText(message.getData(), channel, null);
        }
    }
}
