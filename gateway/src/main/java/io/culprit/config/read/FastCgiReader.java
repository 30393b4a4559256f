package io.culprit.config.read;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.FastCgiConfig.Links;
import io.culprit.config.Network;
import io.culprit.config.PeerAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code upstreams.NAME.fastcgi}. */
final class FastCgiReader {
    private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z0-9]{1,16}");
    private static final Pattern INDEX = Pattern.compile("[^/\\s\\p{Cntrl}]+");
    private static final Pattern PARAM = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Duration STATUS_EVERY = Duration.ofSeconds(5);
    private static final Path NOWHERE = Path.of("/");

    private FastCgiReader() {}

    static FastCgiConfig read(Section section) {
        try (section) {
            boolean staticFiles = section.flag("static", false);
            Path root = root(section, staticFiles);
            List<String> extensions = section.has("extensions") ? section.texts("extensions") : List.of(".php");
            for (String each : extensions) {
                if (!EXTENSION.matcher(each).matches()) {
                    section.problem(
                            section.at("extensions"),
                            "\"%s\" has \"%s\"; a dot and letters were expected, such as .php"
                                    .formatted(section.name("extensions"), Section.shown(each)));
                }
            }
            return new FastCgiConfig(
                    root,
                    index(section, extensions),
                    staticFiles,
                    extensions,
                    statusPath(section),
                    statusListen(section),
                    statusEvery(section),
                    section.duration("terminate_timeout", Duration.ZERO),
                    section.size("max_body", 0L),
                    section.choice("links", Links.OWNER, Links.class),
                    section.flag("precompressed", false),
                    params(section));
        }
    }

    private static Path root(Section section, boolean staticFiles) {
        Optional<String> text = section.text("root");
        if (text.isEmpty()) {
            section.problem(section.node(), "\"" + section.name("root") + "\" is missing, such as /var/www/html");
            return NOWHERE;
        }
        try {
            Path root = Path.of(text.get()).normalize();
            if (!root.isAbsolute()) {
                section.problem(
                        section.at("root"),
                        "\"%s\" is \"%s\"; an absolute path was expected, such as /var/www/html"
                                .formatted(section.name("root"), Section.shown(text.get())));
            } else if (staticFiles && !Files.isDirectory(root)) {
                section.problem(
                        section.at("root"),
                        "\"%s\" is \"%s\", which is no directory here: static files could not be served"
                                .formatted(section.name("root"), Section.shown(text.get())));
            } else if (!Files.isDirectory(root)) {
                section.here(
                        section.at("root"),
                        "\"%s\" is \"%s\", which is no directory here; it must be one where the scripts run"
                                .formatted(section.name("root"), Section.shown(text.get())));
            }
            return root;
        } catch (InvalidPathException e) {
            section.problem(
                    section.at("root"),
                    "\"%s\" is not a path: %s".formatted(section.name("root"), Section.shown(e.getReason())));
            return NOWHERE;
        }
    }

    private static String index(Section section, List<String> extensions) {
        String index = section.text("index", "index.php");
        if (!INDEX.matcher(index).matches() || extensions.stream().noneMatch(index::endsWith)) {
            section.problem(
                    section.at("index"),
                    "\"%s\" is \"%s\"; the name of a script with one of the extensions %s was expected"
                            .formatted(section.name("index"), Section.shown(index), String.join(" ", extensions)));
        }
        return index;
    }

    private static String statusPath(Section section) {
        String path = section.text("status_path", "");
        if (!path.isEmpty() && (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c >= 127))) {
            section.problem(
                    section.at("status_path"),
                    "\"%s\" must be a path, such as /fpm-status".formatted(section.name("status_path")));
        }
        if (path.isEmpty() && section.has("status_listen")) {
            section.problem(
                    section.at("status_listen"),
                    "\"%s\" needs \"%s\" beside it"
                            .formatted(section.name("status_listen"), section.name("status_path")));
        }
        return path;
    }

    private static Optional<PeerAddress> statusListen(Section section) {
        Optional<PeerAddress> address = section.text("status_listen")
                .flatMap(text -> UpstreamReader.address(
                        section,
                        section.at("status_listen"),
                        section.name("status_listen"),
                        text,
                        "host:port, [v6]:port or unix:/path"));
        if (address.isPresent()
                && !address.get().isUnix()
                && Network.literalAddress(address.get().host()).isEmpty()) {
            section.problem(
                    section.at("status_listen"),
                    "\"%s\" must be a unix socket or a literal address, since it is asked while things fail"
                            .formatted(section.name("status_listen")));
        }
        return address;
    }

    /** On the pool's own socket every look takes a worker for a moment: that is done where it is asked for only. */
    private static Duration statusEvery(Section section) {
        boolean apart = section.has("status_path") && section.has("status_listen");
        Duration every = section.duration("status_every", apart ? STATUS_EVERY : Duration.ZERO);
        if (!every.isZero() && !section.has("status_path")) {
            section.problem(
                    section.at("status_every"),
                    "\"%s\" needs \"%s\" beside it"
                            .formatted(section.name("status_every"), section.name("status_path")));
        }
        return every;
    }

    private static Map<String, String> params(Section parent) {
        Map<String, String> params = new LinkedHashMap<>();
        if (parent.has("params")) {
            Section section = parent.section("params");
            section.all().forEach((name, node) -> {
                if (!PARAM.matcher(name).matches()) {
                    section.problem(
                            section.keyNode(name),
                            "\"" + Section.shown(name) + "\" is not the name of a parameter, such as APP_ENV");
                } else if (name.equals("HTTP_PROXY")) {
                    section.problem(
                            section.keyNode(name), "HTTP_PROXY would let requests redirect the script's own (httpoxy)");
                }
                section.text(node, section.name(name)).ifPresent(value -> params.put(name, value));
            });
        }
        return java.util.Collections.unmodifiableMap(params);
    }
}
