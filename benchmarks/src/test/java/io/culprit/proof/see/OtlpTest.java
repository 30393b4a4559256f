package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.culprit.proof.harness.TestGateway;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What an OTLP receiver gets, decoded with OpenTelemetry's own messages. */
class OtlpTest {
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> metrics = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();

    private HttpServer receiver() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Token")));
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (InputStream in =
                    zipped ? new GZIPInputStream(new ByteArrayInputStream(body)) : new ByteArrayInputStream(body)) {
                if (exchange.getRequestURI().getPath().equals("/v1/traces")) {
                    ExportTraceServiceRequest.parseFrom(in)
                            .getResourceSpansList()
                            .forEach(r -> r.getScopeSpansList().forEach(s -> spans.addAll(s.getSpansList())));
                } else {
                    ExportMetricsServiceRequest.parseFrom(in)
                            .getResourceMetricsList()
                            .forEach(r -> r.getScopeMetricsList()
                                    .forEach(s -> metrics.addAll(s.getMetricsList().stream()
                                            .map(Metric::getName)
                                            .toList())));
                }
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String hex(com.google.protobuf.ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Test
    void oneServerSpanAndOneClientSpanPerAttempt() throws Exception {
        HttpServer receiver = receiver();
        try (TestGateway gateway =
                TestGateway.start("""
                otlp: { endpoint: "http://127.0.0.1:%d", every: 1s, headers: { X-Token: t } }
                upstreams: { pair: { servers: [ "127.0.0.1:1", "127.0.0.1:2" ] } }
                routes: [ { upstream: pair } ]
                """.formatted(receiver.getAddress().getPort()))) {
            gateway.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
            TestGateway.await("three spans arrive", () -> spans.size() == 3);
            for (Span span : spans) {
                assertEquals("0af7651916cd43dd8448eb211c80319c", hex(span.getTraceId()));
            }
            Span server = spans.stream()
                    .filter(s -> s.getKind() == SpanKind.SPAN_KIND_SERVER)
                    .findFirst()
                    .orElseThrow();
            assertEquals("b7ad6b7169203331", hex(server.getParentSpanId()));
            List<Span> attempts = spans.stream()
                    .filter(s -> s.getKind() == SpanKind.SPAN_KIND_CLIENT)
                    .toList();
            assertEquals(2, attempts.size());
            for (Span attempt : attempts) {
                assertEquals(server.getSpanId(), attempt.getParentSpanId());
                assertTrue(attempt.getStartTimeUnixNano() >= server.getStartTimeUnixNano());
                assertTrue(attempt.getEndTimeUnixNano() <= server.getEndTimeUnixNano() + 1_000_000);
                String attributes = attempt.getAttributesList().stream()
                        .map(a -> a.getKey() + "=" + a.getValue().getStringValue())
                        .collect(Collectors.joining(" "));
                assertTrue(attributes.contains("connect.refused"), attributes);
            }
            TestGateway.await("metrics arrive", () -> metrics.contains("culprit_failures"));
            assertTrue(tokens.stream().allMatch("t"::equals), tokens + "");
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void aReceiverThatIsGoneCostsNothingButSpans() throws Exception {
        try (TestGateway gateway = TestGateway.start("""
                otlp: { endpoint: "http://127.0.0.1:1", every: 1s }
                upstreams: { app: { servers: [ "127.0.0.1:2" ] } }
                routes: [ { upstream: app } ]
                """)) {
            for (int i = 0; i < 50; i++) {
                assertEquals(502, gateway.get("/").status());
            }
            TestGateway.await(
                    "the failure is counted",
                    () -> new String(gateway.gateway()
                                    .monitor()
                                    .metrics()
                                    .page("")
                                    .content())
                            .contains("culprit_otlp_exports_total{result=\"failed\""));
        }
    }
}
