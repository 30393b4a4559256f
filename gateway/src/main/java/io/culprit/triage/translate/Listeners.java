package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The addresses that servers listen on, their names and schemes. */
final class Listeners {
    private static final String REFUSE = "unknown_names: refuse";

    private final Map<String, Set<String>> listens = new LinkedHashMap<>();
    private final BiConsumer<Directive, String> left;

    Listeners(BiConsumer<Directive, String> left) {
        this.left = left;
    }

    /** The names a server is found by, empty for all: it is nginx's default on its addresses. */
    static List<String> names(Directive server, Directive http) {
        boolean hosted = names(server).isEmpty();
        boolean other = http.all("server")
                .anyMatch(each -> each != server
                        && (!onlyExpressions(each) || isDefault(each, http))
                        && scheme(each, http).equals(scheme(server, http))
                        && (names(each).isEmpty() || first(each, http) && before(each, server, http)));
        return hosted || first(server, http) && !other ? List.of() : names(server);
    }

    /**
     * What cannot be told apart here: servers of other addresses, and a server's locations beside longer paths of the default one,
     * since the longest path is looked for before the host.
     */
    static void mixed(Directive http, BiConsumer<Directive, String> left) {
        List<Directive> servers = http.all("server")
                .filter(server -> leftOut(server, http).isEmpty())
                .toList();
        for (Directive server : servers) {
            boolean others = servers.stream()
                    .anyMatch(other -> scheme(other).equals(scheme(server))
                            && !addresses(other).containsAll(addresses(server)));
            if (others) {
                left.accept(
                        server.all("listen").findFirst().orElse(server),
                        "servers are told apart by name and scheme, not by the address that was asked: requests to another server's address"
                                + " come here too");
            }
            if (!names(server, http).isEmpty()) {
                continue;
            }
            for (Directive location : server.all("location").toList()) {
                boolean everywhere = servers.stream()
                        .filter(other -> other != server)
                        .allMatch(other -> other.all("location")
                                .anyMatch(each -> each.args().equals(location.args())));
                if (servers.size() > 1 && !everywhere && !location.args().equals(List.of("/"))) {
                    left.accept(
                            location,
                            "the default server's: here it takes requests for the other servers' names as well, with its own rules, unless"
                                    + " they have the same location");
                }
            }
        }
    }

    /** Why a server is not taken over at all: to serve it under what is left of its names would answer by other rules than its own. */
    static Optional<String> leftOut(Directive server, Directive http) {
        if (rejects(server, http)) {
            boolean plain = !scheme(server).equals("https");
            return Optional.of((isDefault(server, http)
                            ? "ssl_reject_handshake became unknown_names: refuse on its addresses"
                            : "a handshake for its names is not refused: they get the first certificate and the default server's answer")
                    + (plain ? "; what it answers without TLS is to be written by hand" : ""));
        }
        if (shadowed(server, http)) {
            return Optional.of(
                    "told apart from a server of the same names by its address alone, which has no counterpart: its address is"
                            + " not listened on; give it a gateway of its own");
        }
        if (onlyExpressions(server) && !isDefault(server, http)) {
            return Optional.of(
                    "all its names are regular expressions, which have no counterpart: it is not served, and requests for them"
                            + " get the default server's answer; write its routes by hand, with a host for each name");
        }
        return Optional.empty();
    }

    /** Whether TLS for its names ends in the handshake. */
    static boolean rejects(Directive server, Directive http) {
        return server.last("ssl_reject_handshake")
                .or(() -> http.last("ssl_reject_handshake"))
                .filter(d -> d.arg(0).equals("on"))
                .isPresent();
    }

    /** nginx's default on one of its addresses at least. */
    private static boolean isDefault(Directive server, Directive http) {
        return first(server, http)
                || server.all("listen").anyMatch(l -> l.args().contains("default_server"));
    }

    private static boolean onlyExpressions(Directive server) {
        List<String> names =
                server.all("server_name").flatMap(d -> d.args().stream()).toList();
        return !names.isEmpty() && names.stream().allMatch(n -> n.startsWith("~"));
    }

    /**
     * Whether an earlier server of the same names and scheme takes its requests, which nginx tells apart by the address alone: to listen
     * there would answer with the other's routes and rules.
     */
    private static boolean shadowed(Directive server, Directive http) {
        return http.all("server")
                .takeWhile(other -> other != server)
                .filter(other -> !rejects(other, http) && !onlyExpressions(other))
                .anyMatch(other -> scheme(other).equals(scheme(server))
                        && names(other).equals(names(server))
                        && addresses(server).stream().noneMatch(addresses(other)::contains));
    }

    private static boolean before(Directive one, Directive other, Directive http) {
        List<Directive> all = http.all("server").toList();
        return all.indexOf(one) < all.indexOf(other);
    }

    /** Whether it is the default of one of its addresses by being the first on it. */
    private static boolean first(Directive server, Directive http) {
        return addresses(server).stream().anyMatch(address -> firstOn(address, server, http));
    }

    /** Where nobody is named the default of an address, the first server on it is. */
    private static boolean firstOn(String address, Directive server, Directive http) {
        boolean named = http.all("server")
                .flatMap(other -> other.all("listen"))
                .anyMatch(l -> address(l.arg(0)).equals(address) && l.args().contains("default_server"));
        return !named
                && http.all("server")
                        .filter(other -> addresses(other).contains(address))
                        .findFirst()
                        .filter(other -> other == server)
                        .isPresent();
    }

    private static List<String> addresses(Directive server) {
        List<String> all = server.all("listen").map(l -> address(l.arg(0))).toList();
        return all.isEmpty() ? List.of("0.0.0.0:80") : all;
    }

    private static List<String> names(Directive server) {
        List<String> names = new ArrayList<>();
        boolean all =
                server.all("listen").anyMatch(l -> l.args().contains("default_server")) || !server.has("server_name");
        server.all("server_name").flatMap(d -> d.args().stream()).forEach(n -> {
            if (!n.equals("_") && !n.isEmpty() && !n.startsWith("~") && !n.equals("localhost")) {
                names.add(n.startsWith(".") ? "*" + n : n);
            }
        });
        return all ? List.of() : names;
    }

    /** Empty where no other server of the same name is reached by the other scheme. */
    static String scheme(Directive server, Directive http) {
        String own = scheme(server);
        boolean twice = http.all("server")
                .anyMatch(other -> other != server
                        && !scheme(other).equals(own)
                        && (names(other).equals(names(server))
                                || names(other).stream().anyMatch(names(server)::contains)));
        return twice ? own : "";
    }

    private static String scheme(Directive server) {
        List<Directive> listens = server.all("listen").toList();
        boolean on = server.last("ssl").filter(s -> s.arg(0).equals("on")).isPresent();
        long secure =
                listens.stream().filter(l -> on || l.args().contains("ssl")).count();
        return secure == 0 ? "http" : secure == listens.size() ? "https" : "";
    }

    void add(Scope server) {
        Directive http = Objects.requireNonNull(server.outer()).block();
        List<Directive> all = server.block().all("listen").toList();
        server.block()
                .all("server_name")
                .flatMap(d -> d.args().stream())
                .filter(n -> n.startsWith("~"))
                .forEach(n -> server.block()
                        .last("server_name")
                        .ifPresent(d -> left.accept(d, "names by a regular expression have no counterpart")));
        if (all.isEmpty()) {
            listens.computeIfAbsent("0.0.0.0:80", a -> new LinkedHashSet<>());
        }
        for (Directive each : all) {
            String address = address(each.arg(0));
            if (address.isEmpty()) {
                left.accept(each, "only TCP addresses can be listened on");
                continue;
            }
            Set<String> options = listens.computeIfAbsent(address, a -> new LinkedHashSet<>());
            boolean secure = each.args().contains("ssl")
                    || server.block()
                            .last("ssl")
                            .filter(s -> s.arg(0).equals("on"))
                            .isPresent();
            if (secure && rejects(server.block(), http)) {
                if (each.args().contains("default_server") || firstOn(address, server.block(), http)) {
                    options.add(REFUSE);
                }
            } else if (secure) {
                String certificate =
                        server.find("ssl_certificate").map(d -> d.arg(0)).orElse("");
                String key =
                        server.find("ssl_certificate_key").map(d -> d.arg(0)).orElse("");
                options.add("{ certificate: " + Yaml.text(certificate) + ", key: " + Yaml.text(key) + " }");
            }
            if (each.args().contains("proxy_protocol")) {
                options.add("proxy_protocol");
            }
        }
    }

    private static String address(String listen) {
        if (listen.startsWith("unix:")) {
            return "";
        }
        if (listen.matches("\\d+")) {
            return "0.0.0.0:" + listen;
        }
        String star = listen.replaceFirst("^\\*:", "0.0.0.0:");
        return star.matches(".*:\\d+") && !star.endsWith("]") ? star : star + ":80";
    }

    /** An address for all of IPv6 takes IPv4 too, so that both of a port become one. */
    List<String> yaml() {
        List<String> all = new ArrayList<>();
        listens.forEach((address, options) -> {
            String port = address.substring(address.lastIndexOf(':'));
            Set<String> wider = listens.get("[::]" + port);
            if (address.equals("0.0.0.0" + port) && wider != null) {
                wider.addAll(options);
            }
        });
        listens.forEach((address, options) -> {
            String port = address.substring(address.lastIndexOf(':'));
            boolean doubled = address.equals("0.0.0.0" + port) && listens.containsKey("[::]" + port);
            if (doubled) {
                return;
            }
            List<String> certificates =
                    options.stream().filter(o -> o.startsWith("{")).toList();
            if (options.contains(REFUSE) && certificates.isEmpty()) {
                return; // every handshake on it is refused
            }
            String refuse = options.contains(REFUSE) ? ", " + REFUSE : "";
            StringBuilder text = new StringBuilder("{ address: ").append(Yaml.text(address));
            if (certificates.size() == 1 && refuse.isEmpty()) {
                text.append(", tls: ").append(certificates.get(0));
            } else if (!certificates.isEmpty()) {
                text.append(", tls: { certificates: [ ")
                        .append(String.join(", ", certificates))
                        .append(" ]")
                        .append(refuse)
                        .append(" }");
            }
            text.append(options.contains("proxy_protocol") ? ", proxy_protocol: true" : "")
                    .append(" }");
            all.add(text.toString());
        });
        return listens.isEmpty() ? List.of("{ address: 0.0.0.0:80 }") : all;
    }
}
