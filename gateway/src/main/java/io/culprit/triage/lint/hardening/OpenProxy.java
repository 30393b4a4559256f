package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients who choose where requests go, or under which name. */
public final class OpenProxy implements Rule {
    private static final Pattern SCHEME = Pattern.compile("^(?:https?|grpcs?|\\$\\{?scheme}?)://");
    private static final Pattern PATH = Pattern.compile("\\$\\{?(?:request_uri|uri|document_uri|is_args)\\b}?");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx().passes((scope, pass) -> target(setup, scope, pass, found));
        setup.nginx()
                .scopes(scope ->
                        scope.block().all("proxy_set_header").forEach(each -> host(setup, scope, each, found)));
    }

    private static void target(Setup setup, Scope scope, Directive pass, Consumer<Flaw> found) {
        if (scope.find("internal").isPresent()) {
            return;
        }
        ClientValues values = new ClientValues(setup, scope, pass);
        Optional<String> chosen = values.expanded(pass.arg(0)).stream()
                .map(target -> host(values, target))
                .filter(host -> chosen(values, scope, host))
                .findFirst();
        chosen.ifPresent(host -> found.accept(Flaws.of(
                "proxy.open",
                Level.ERROR,
                pass,
                "whoever sends the request chooses the host it is sent to (" + host
                        + "): any address this machine reaches",
                pass.text(),
                "Name the hosts in a map, or make the location internal")));
    }

    /** What nginx takes for the host: from the scheme to the path, and all of it where the scheme is the client's too. */
    private static String host(ClientValues values, String target) {
        Matcher scheme = SCHEME.matcher(target);
        String rest = scheme.find() ? target.substring(scheme.end()) : target;
        Matcher path = PATH.matcher(rest);
        int end = path.find() ? path.start() : rest.length();
        Matcher variables = ClientValues.VARIABLE.matcher(rest);
        while (variables.find()) {
            if (variables.start() > 0 && variables.start() < end && values.beginsPath(ClientValues.name(variables))) {
                end = variables.start();
            }
        }
        int colons = rest.indexOf("://");
        int slash = rest.indexOf('/', colons < 0 ? 0 : colons + 3);
        int question = rest.indexOf('?');
        return rest.substring(0, Math.min(end, Math.min(slash < 0 ? end : slash, question < 0 ? end : question)));
    }

    /** Whether it can be led astray: by a whole name of the client's, or by one that goes on as it likes. */
    private static boolean chosen(ClientValues values, Scope scope, String host) {
        if (host.matches("\\$\\{?host}?(:.*)?")) {
            return named(scope).isEmpty();
        }
        if (named(scope).isPresent() && host.contains("$host")) {
            return chosen(values, scope, host.replace("$host", "host")); // one of the server's names
        }
        if (host.matches("[^$]+:\\$\\{?\\w+}?")) {
            return false; // a port that is none is refused
        }
        boolean alone = ClientValues.VARIABLE.matcher(host).replaceAll("").matches("[:.]*");
        return alone && values.canHold(host, 'a')
                || values.canHold(host, '.')
                || values.canHold(host, '/')
                || values.canHold(host, '@');
    }

    /** The server's names, which are all that $host can be; none where it takes every name. */
    private static Optional<Directive> named(Scope scope) {
        return scope.around("server")
                .filter(server -> server.all("listen").noneMatch(l -> l.args().contains("default_server")))
                .flatMap(server -> server.last("server_name"))
                .filter(names -> !names.arg(0).isEmpty() && !names.arg(0).equals("_"));
    }

    /** Debian's own proxy_params have $http_host: advice, no alarm. */
    private static void host(Setup setup, Scope scope, Directive header, Consumer<Flaw> found) {
        if (!header.arg(0).equalsIgnoreCase("Host")) {
            return;
        }
        Optional<String> forged = new ClientValues(setup, scope, header)
                .expanded(header.arg(1)).stream()
                        .filter(value -> value.matches("\\$\\{?(arg|http|cookie)_\\w+}?"))
                        .findFirst();
        if (forged.isPresent()) {
            found.accept(Flaws.of(
                    "host.forged",
                    forged.get().contains("http_host") ? Level.NOTE : Level.WARNING,
                    header,
                    "the upstream sees a Host that need not be the one the server was chosen by: in \"GET http://a/\" with \"Host: b\""
                            + " the server is a's and $http_host is b",
                    header.text(),
                    "Use $host, or $host:$server_port",
                    "proxy_set_header " + header.arg(0) + " $host;"));
        }
    }
}
