package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that have to be looked up while requests run, and nobody to ask. */
public final class Names implements Rule {
    /** What nginx looks up: the scheme, and what variables add behind the host, are not part of it. */
    private static String host(String target) {
        String host =
                target.replaceFirst("^(https?|\\$scheme|\\$\\{scheme})://", "").replaceFirst("/.*", "");
        Matcher behind = BEHIND.matcher(host);
        return behind.matches() ? behind.group(1) : host;
    }

    /** A whole host with its port, and variables that go on from there: a path, arguments, or the port. */
    private static final Pattern BEHIND = Pattern.compile("([^$]+?)(?::\\$\\{?server_port}?)?(?:\\$\\{?\\w+}?)*");

    /** {@code $name} alone, which {@code set}, {@code map} or {@code geo} may give values that need no looking up. */
    private static final Pattern ALONE = Pattern.compile("\\$\\{?(\\w+)}?([^$:]*)(?::\\d+)?");

    private static final Pattern ADDRESS =
            Pattern.compile("(?:unix:.*|(?:\\d{1,3}\\.){3}\\d{1,3}(?::\\d+)?|\\[[0-9a-fA-F:.]+](?::\\d+)?|)");

    /** Whether all values that the variable is given are addresses, sockets or names of upstream blocks. */
    private static boolean known(Setup setup, Scope scope, String host) {
        if (!host.contains("$")) {
            return ADDRESS.matcher(host).matches()
                    || setup.nginx().upstream(host).isPresent();
        }
        Matcher alone = ALONE.matcher(host);
        if (!alone.matches()) {
            return false;
        }
        String suffix = alone.group(2);
        String name = "$" + alone.group(1);
        List<String> values = new ArrayList<>();
        for (Scope at = scope; at != null; at = at.outer()) {
            at.block().all("set").filter(d -> d.arg(0).equals(name)).forEach(d -> values.add(d.arg(1)));
        }
        for (Directive table : setup.nginx().tables(name)) {
            table.block().stream()
                    .filter(each ->
                            !each.name().equals("hostnames") && !each.args().isEmpty())
                    .forEach(each -> values.add(each.arg(0)));
        }
        return !values.isEmpty()
                && values.stream()
                        .map(value -> value.replaceFirst("^https?://", "") + suffix)
                        .allMatch(value -> ADDRESS.matcher(value).matches()
                                || setup.nginx().upstream(value).isPresent());
    }

    /** One that the machine and its network have to themselves: loopback, private, unique local or carrier-grade addresses. */
    private static final Pattern NEAR = Pattern.compile(
            "168\\.63\\.129\\.16|(?:127|10|192\\.168|169\\.254|172\\.(?:1[6-9]|2\\d|3[01])|100\\.(?:6[4-9]|[7-9]\\d|1[01]\\d|12[0-7]))\\..*"
                    + "|\\[(?:::1|f[cde].*)](?::\\d+)?|::1|[a-z].*|.*=.*");

    /** Whoever answers for a name from afar can be impersonated, and is one more thing between a request and its upstream. */
    private static void far(Setup setup, Consumer<Flaw> found) {
        setup.nginx()
                .roots()
                .forEach(root -> root.walk(d -> {
                    if (d.name().equals("resolver")) {
                        d.args().stream()
                                .filter(each -> !NEAR.matcher(each).matches())
                                .findFirst()
                                .ifPresent(each -> found.accept(Flaws.of(
                                        "resolver.public",
                                        Level.NOTE,
                                        d,
                                        "names are asked for at " + each
                                                + ", across the internet and unsigned: its outage is yours, and who can answer faster chooses your upstream",
                                        d.text(),
                                        "Ask a resolver of your own: resolver 127.0.0.53 valid=10s;")));
                    }
                }));
    }

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        far(setup, found);
        setup.nginx().passes((scope, pass) -> {
            String target = pass.arg(0);
            String host = host(target);
            boolean variable = target.contains("$") && !target.startsWith("unix:");
            if (variable && scope.find("resolver").isEmpty() && !known(setup, scope, host)) {
                found.accept(Flaws.of(
                        "resolver.missing",
                        Level.ERROR,
                        pass,
                        pass.name()
                                + " has a variable, so that its name is looked up at run time, and there is no resolver",
                        pass.text(),
                        "Add: resolver 127.0.0.53 valid=10s; (or the cluster's name server) (config.no-resolver)"));
            }
        });
    }
}
