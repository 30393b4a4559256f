package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What keeps people out of a location by other means than {@code allow} and {@code deny}: passwords, a question to another server, a
 * signature, an {@code if} that asks who comes or from where. None of it has a counterpart, and a route
 * without it would open what nginx keeps shut. Stateless.
 */
final class Guards {
    private static final List<String> DIRECTIVES = List.of(
            "auth_basic",
            "auth_digest",
            "auth_gss",
            "auth_ldap",
            "auth_pam",
            "ssl_verify_client",
            "auth_request",
            "auth_jwt",
            "auth_oidc",
            "access_by_lua",
            "access_by_lua_block",
            "access_by_lua_file",
            "js_access");

    /** What tells who somebody is or where he comes from, in an {@code if}. */
    private static final Pattern WHO =
            Pattern.compile("\\$\\{?(secure_link|ssl_client|remote_user|http_authorization|cookie_|http_x_"
                    + "|arg_(token|key|secret|pass|auth)|(binary_|realip_)?remote_addr|proxy_protocol_addr|geoip2?_)");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");

    private static final Set<String> REFUSALS = Set.of("401", "403", "404", "405", "410", "444");

    /** Of maps made of maps; nginx has no bound, and one that is made of itself would have no end. */
    private static final int DEPTH = 8;

    private Guards() {}

    /** The first guard that holds in a location, its own or one from around it; empty where there is none, or addresses alone are enough. */
    static Optional<Directive> of(Scope location) {
        Directive block = location.block();
        boolean byAddress =
                location.find("satisfy").filter(s -> s.arg(0).equals("any")).isPresent()
                        && location.find("allow").isPresent();
        if (!byAddress) {
            for (String name : DIRECTIVES) {
                Optional<Directive> guard =
                        location.find(name).filter(d -> !d.arg(0).equals("off"));
                if (guard.isPresent()) {
                    return guard;
                }
            }
        }
        Optional<Directive> methods = block.all("limit_except").findFirst();
        return methods.isPresent() ? methods : refusing(location);
    }

    /** An {@code if} that refuses whoever does not prove who he is. */
    private static Optional<Directive> refusing(Scope location) {
        for (Scope at = location; at != null; at = at.outer()) {
            Optional<Directive> found = at.block()
                    .all("if")
                    .filter(each -> tells(String.join(" ", each.args()), location, 0))
                    .filter(each -> each.all("return").anyMatch(r -> REFUSALS.contains(r.arg(0))) || each.has("deny"))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Whether a text has a variable that tells it, or one that a {@code geo} or a {@code map} makes of such a variable. */
    private static boolean tells(String text, Scope location, int depth) {
        if (WHO.matcher(text).find()) {
            return true;
        }
        Directive http = location.around("http").orElse(location.block());
        Matcher variables = VARIABLE.matcher(text);
        while (variables.find() && depth < DEPTH) {
            String name = "$" + variables.group(1);
            boolean byNetwork = http.all("geo")
                    .anyMatch(geo -> geo.args().get(geo.args().size() - 1).equals(name)
                            && (geo.args().size() == 1 || tells(geo.arg(0), location, depth + 1)));
            boolean made =
                    http.all("map").anyMatch(map -> map.arg(1).equals(name) && tells(map.arg(0), location, depth + 1));
            if (byNetwork || made || set(variables.group(1), location, depth)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an {@code if} that tells sets the variable, for another {@code if} to ask. */
    private static boolean set(String name, Scope location, int depth) {
        for (Scope at = location; at != null; at = at.outer()) {
            if (at.block()
                    .all("if")
                    .filter(each -> each.all("set").anyMatch(s -> s.arg(0).equals("$" + name)))
                    .anyMatch(each -> tells(String.join(" ", each.args()), location, depth + 1))) {
                return true;
            }
        }
        return false;
    }
}
