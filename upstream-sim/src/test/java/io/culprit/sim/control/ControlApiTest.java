package io.culprit.sim.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlApiTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private HttpUpstream sim;
    private ControlApi api;

    @BeforeEach
    void start() throws IOException {
        Rules rules = new Rules();
        sim = HttpUpstream.start("127.0.0.1", 0, rules);
        api = ControlApi.start("127.0.0.1", 0, rules);
    }

    @AfterEach
    void stop() {
        api.close();
        sim.close();
    }

    private HttpResponse<String> send(int port, String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> control(String method, String path, String body) throws Exception {
        return send(api.port(), method, path, body);
    }

    @Test
    void aToxicIsSwitchedOnListedAndSwitchedOff() throws Exception {
        assertEquals(200, send(sim.port(), "GET", "/", "").statusCode());
        String toxic = "{\"name\":\"cut\",\"type\":\"reset_peer\",\"stream\":\"downstream\",\"attributes\":{}}";
        assertEquals(200, control("POST", "/proxies/sim/toxics", toxic).statusCode());
        assertThrows(IOException.class, () -> send(sim.port(), "GET", "/", ""));
        assertTrue(control("GET", "/proxies/sim/toxics", "").body().contains("\"name\":\"cut\""));
        assertEquals(204, control("DELETE", "/proxies/sim/toxics/cut", "").statusCode());
        assertEquals(200, send(sim.port(), "GET", "/", "").statusCode());
        assertEquals(404, control("DELETE", "/proxies/sim/toxics/cut", "").statusCode());
    }

    @Test
    void latencyIsToxiproxys() throws Exception {
        control("POST", "/proxies/sim/toxics", "{\"type\":\"latency\",\"attributes\":{\"latency\":300,\"jitter\":0}}");
        long start = System.nanoTime();
        assertEquals(200, send(sim.port(), "GET", "/", "").statusCode());
        assertTrue(System.nanoTime() - start >= 300_000_000L);
    }

    @Test
    void everyFaultIsAType() throws Exception {
        control("POST", "/proxies/sim/toxics", "{\"type\":\"none\",\"attributes\":{\"status\":\"418\"}}");
        assertEquals(418, send(sim.port(), "GET", "/", "").statusCode());
        control("POST", "/reset", "");
        assertEquals(200, send(sim.port(), "GET", "/", "").statusCode());
    }

    @Test
    void badInputIsNamed() throws Exception {
        assertEquals(
                400,
                control("POST", "/proxies/sim/toxics", "{\"type\":\"nonsense\"}")
                        .statusCode());
        assertEquals(400, control("POST", "/proxies/sim/toxics", "{\"typ\":1}").statusCode());
        assertEquals(400, control("POST", "/proxies/sim/toxics", "[").statusCode());
        assertEquals(404, control("GET", "/nowhere", "").statusCode());
    }
}
