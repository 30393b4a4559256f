package io.culprit.sim.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.culprit.sim.fault.Faults;
import io.culprit.sim.pool.Master;
import io.culprit.sim.scenario.Rule;
import io.culprit.sim.scenario.Rules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Switches faults at run time, in Toxiproxy's shape: {@code GET|POST /proxies/sim/toxics}, {@code DELETE
 * /proxies/sim/toxics/NAME}, {@code POST /reset}. A toxic's {@code type} is one of Toxiproxy's names where one matches
 * (latency, timeout, reset_peer, limit_data, slicer) or a fault of {@code culprit sim --help}; its attributes are the
 * fault's parameters. For a simulated FPM see {@link FpmControl}.
 */
public final class ControlApi implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String TOXICS = "/proxies/sim/toxics";
    private static final int LARGEST = 64 * 1024;

    private final HttpServer server;
    private final Rules rules;

    private final Optional<FpmControl> fpm;

    private ControlApi(HttpServer server, Rules rules, Optional<FpmControl> fpm) {
        this.server = server;
        this.rules = rules;
        this.fpm = fpm;
    }

    /**
     * @param port 0 for any free one
     */
    public static ControlApi start(String host, int port, Rules rules) throws IOException {
        return start(host, port, rules, Optional.empty());
    }

    /**
     * @param port 0 for any free one
     * @param master the simulated FPM, empty for none
     */
    public static ControlApi start(String host, int port, Rules rules, Optional<Master> master) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
        ControlApi api = new ControlApi(server, rules, master.map(FpmControl::new));
        server.createContext("/", api::handle);
        server.start();
        return api;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String method = exchange.getRequestMethod();
            try {
                if (path.equals(TOXICS) && method.equals("GET")) {
                    answer(exchange, 200, json(rules.all()));
                } else if (path.equals(TOXICS) && method.equals("POST")) {
                    Rule rule = parse(exchange.getRequestBody());
                    rules.put(rule);
                    answer(exchange, 200, json(List.of(rule)));
                } else if (path.startsWith(TOXICS + "/") && method.equals("DELETE")) {
                    boolean found = rules.remove(path.substring(TOXICS.length() + 1));
                    answer(exchange, found ? 204 : 404, found ? new byte[0] : error("there is no such toxic"));
                } else if (path.startsWith("/fpm") && fpm.isPresent()) {
                    answer(
                            exchange,
                            200,
                            fpm.get()
                                    .handle(
                                            method,
                                            path,
                                            exchange.getRequestURI().getQuery()));
                } else if (path.equals("/reset") && method.equals("POST")) {
                    rules.clear();
                    answer(exchange, 204, new byte[0]);
                } else {
                    answer(exchange, 404, error("GET|POST " + TOXICS + ", DELETE " + TOXICS + "/NAME, POST /reset"));
                }
            } catch (IllegalArgumentException | com.fasterxml.jackson.core.JacksonException e) {
                answer(exchange, 400, error(String.valueOf(e.getMessage())));
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static Rule parse(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST);
        String name = "";
        String type = "";
        String path = "/";
        double toxicity = 1;
        Map<String, String> attributes = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a JSON object was expected");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "name" -> name = json.getText();
                    case "type" -> type = json.getText();
                    case "path" -> path = json.getText();
                    case "toxicity" -> toxicity = json.getDoubleValue();
                    case "stream" -> json.skipChildren();
                    case "attributes" -> {
                        while (json.nextToken() == JsonToken.FIELD_NAME) {
                            String attribute = json.currentName();
                            json.nextToken();
                            attributes.put(attribute, json.getText());
                        }
                    }
                    default -> throw new IllegalArgumentException("unknown field \"" + field + "\"");
                }
            }
        }
        return new Rule(name.isEmpty() ? type : name, path, toxicity, parameters(type, attributes));
    }

    private static Map<String, String> parameters(String type, Map<String, String> attributes) {
        Map<String, String> out = new LinkedHashMap<>(attributes);
        switch (type) {
            case "latency" -> {
                String jitter = attributes.getOrDefault("jitter", "0");
                out.put("fault", "none");
                out.put("delay", "normal(%sms,%sms)".formatted(attributes.getOrDefault("latency", "0"), jitter));
            }
            case "timeout" -> out.put("fault", "stall");
            case "reset_peer" -> out.put("fault", "reset");
            case "limit_data" -> {
                out.put("fault", "close");
                out.put("at", "body");
                out.put("after", attributes.getOrDefault("bytes", "0"));
            }
            case "slicer" -> {
                out.put("fault", "drip");
                out.put("at", "body");
            }
            default -> {
                if (Faults.byName(type).isEmpty()) {
                    throw new IllegalArgumentException("there is no type \"" + type + "\"");
                }
                out.put("fault", type);
            }
        }
        return Map.copyOf(out);
    }

    private static byte[] json(List<Rule> rules) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartArray();
            for (Rule rule : rules) {
                json.writeStartObject();
                json.writeStringField("name", rule.name());
                json.writeStringField("type", rule.parameters().getOrDefault("fault", "none"));
                json.writeStringField("path", rule.path());
                json.writeNumberField("toxicity", rule.share());
                json.writeObjectFieldStart("attributes");
                for (Map.Entry<String, String> each : rule.parameters().entrySet()) {
                    json.writeStringField(each.getKey(), each.getValue());
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return bytes.toByteArray();
    }

    private static byte[] error(String message) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("error", message.lines().findFirst().orElse(""));
            json.writeEndObject();
        }
        return bytes.toString(StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
