package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.HashSet;
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
            Pattern.compile("\\$\\{?(secure_link|ssl_client|remote_user|http_authorization|http_cookie|cookie_|http_x_"
                    + "|arg_(token|key|secret|pass|auth)|(binary_|realip_)?remote_addr|proxy_protocol_addr|geoip2?_)");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");

    private static final Set<String> REFUSALS = Set.of("401", "403", "404", "405", "410", "444");

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
                    .filter(each -> tells(String.join(" ", each.args()), location, new HashSet<>()))
                    .filter(each -> each.all("return").anyMatch(r -> REFUSALS.contains(r.arg(0))) || each.has("deny"))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a text has a variable that tells it, or one that a {@code geo}, a {@code map} or a {@code set} makes of such a variable.
     *
     * @param seen variables that were looked at already
     */
    private static boolean tells(String text, Scope location, Set<String> seen) {
        if (WHO.matcher(text).find()) {
            return true;
        }
        Directive http = location.around("http").orElse(location.block());
        Matcher variables = VARIABLE.matcher(text);
        while (variables.find()) {
            String name = "$" + variables.group(1);
            if (!seen.add(name)) {
                continue;
            }
            boolean byNetwork = http.all("geo")
                    .filter(geo -> geo.lastArg().equals(name))
                    .anyMatch(geo -> geo.args().size() == 1 || tells(geo.arg(0), location, seen));
            boolean made =
                    http.all("map").anyMatch(map -> map.arg(1).equals(name) && tells(map.arg(0), location, seen));
            if (byNetwork || made || set(name, location, seen)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the variable is set to one that tells, or by an {@code if} that does. */
    private static boolean set(String name, Scope location, Set<String> seen) {
        for (Scope at = location; at != null; at = at.outer()) {
            Directive block = at.block();
            boolean plain = block.all("set").anyMatch(s -> s.arg(0).equals(name) && tells(s.arg(1), location, seen));
            boolean asked = block.all("if")
                    .filter(each -> each.all("set").anyMatch(s -> s.arg(0).equals(name)))
                    .anyMatch(each -> tells(String.join(" ", each.args()), location, seen)
                            || each.all("set").anyMatch(s -> tells(s.arg(1), location, seen)));
            if (plain || asked) {
                return true;
            }
        }
        return false;
    }
}
