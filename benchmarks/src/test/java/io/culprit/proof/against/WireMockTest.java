package io.culprit.proof.against;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import io.culprit.proof.harness.Dechunk;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An upstream nobody here wrote. */
class WireMockTest {
    private static WireMockServer upstream;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        upstream =
                new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
        upstream.start();
        gateway = TestGateway.before(upstream.port(), "timeouts: { read: 3s }");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        upstream.stop();
    }

    @ParameterizedTest
    @CsvSource({
        "EMPTY_RESPONSE, head.closed",
        "CONNECTION_RESET_BY_PEER, head.reset",
        "RANDOM_DATA_THEN_CLOSE, head.not-http"
    })
    void itsFaultsAreNamed(Fault fault, String cause) throws IOException {
        upstream.stubFor(get(urlEqualTo("/" + fault)).willReturn(aResponse().withFault(fault)));
        RawResponse response = gateway.get("/" + fault);
        assertEquals(cause, response.cause(), response.text());
    }

    @Test
    void malformedChunkTearsTheResponseAndIsNamed() throws IOException {
        upstream.stubFor(get(urlEqualTo("/chunk")).willReturn(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)));
        RawResponse response = gateway.get("/chunk");
        assertEquals(
                "body.bad-chunk", gateway.failureOf("/chunk").failure().cause().id());
        assertEquals(false, response.status() == 200 && response.whole(false), response.text());
    }

    @Test
    void delaysBeyondTheReadTimeoutAreTimeouts() throws IOException {
        upstream.stubFor(get(urlEqualTo("/slow")).willReturn(aResponse().withFixedDelay(6000)));
        assertEquals("head.timeout", gateway.get("/slow").cause());
    }

    @Test
    void chunkedDribbleIsDelivered() throws IOException {
        upstream.stubFor(get(urlEqualTo("/dribble"))
                .willReturn(aResponse().withBody("hello world").withChunkedDribbleDelay(5, 600)));
        assertEquals("hello world", Dechunk.body(gateway.get("/dribble")));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void bodiesArriveUnchanged(boolean chunked) throws IOException {
        upstream.stubFor(
                any(urlEqualTo("/echo" + chunked)).willReturn(aResponse().withStatus(201)));
        String body = "a=1&".repeat(20_000);
        String request = "POST /echo" + chunked + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Custom: kept\r\n"
                + (chunked
                        ? "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                                + "\r\n0\r\n\r\n"
                        : "Content-Length: " + body.length() + "\r\n\r\n" + body);
        assertEquals(201, gateway.send(request).status());
        upstream.verify(postRequestedFor(urlEqualTo("/echo" + chunked))
                .withRequestBody(equalTo(body))
                .withHeader("X-Custom", equalTo("kept"))
                .withHeader("Content-Length", equalTo(Integer.toString(body.length()))));
        upstream.stubFor(post(urlEqualTo("/unused")).willReturn(aResponse()));
    }
}
