package io.culprit.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The dashboard's files, from the jar; nothing is loaded from elsewhere. */
final class Pages {
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("/", "index.html"),
            Map.entry("/fleet", "fleet.html"),
            Map.entry("/gateways", "index.html"),
            Map.entry("/js/scope.js", "js/scope.js"),
            Map.entry("/js/fleet.js", "js/fleet.js"),
            Map.entry("/dashboard.css", "dashboard.css"),
            Map.entry("/icon.svg", "icon.svg"),
            Map.entry("/js/main.js", "js/main.js"),
            Map.entry("/js/dom.js", "js/dom.js"),
            Map.entry("/js/api.js", "js/api.js"),
            Map.entry("/js/chart.js", "js/chart.js"),
            Map.entry("/js/now.js", "js/now.js"),
            Map.entry("/js/failure.js", "js/failure.js"),
            Map.entry("/js/failures.js", "js/failures.js"),
            Map.entry("/js/waterfall.js", "js/waterfall.js"),
            Map.entry("/js/upstreams.js", "js/upstreams.js"),
            Map.entry("/js/routes.js", "js/routes.js"),
            Map.entry("/js/configuration.js", "js/configuration.js"),
            Map.entry("/vendor/uplot.js", UPLOT + "uPlot.iife.min.js"),
            Map.entry("/vendor/uplot.css", UPLOT + "uPlot.min.css"));

    private Pages() {}

    /** A file's content and type. */
    record Page(byte[] content, String type) {}

    static Optional<Page> at(String path) {
        return Optional.ofNullable(FILES.get(path)).map(Pages::read);
    }

    static Page read(String file) {
        try (InputStream in = Pages.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in the jar");
            }
            return new Page(in.readAllBytes(), type(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String type(String file) {
        String ending = file.substring(file.lastIndexOf('.') + 1);
        return switch (ending) {
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            case "yaml" -> "application/yaml";
            default -> "text/html; charset=utf-8";
        };
    }
}
