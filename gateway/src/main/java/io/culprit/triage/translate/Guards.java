package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What keeps people out of a location by other means than their address: passwords, a question to another server, a signature. None of
 * it has a counterpart, and a route without it would open what nginx keeps shut. Stateless.
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

    /** What tells who somebody is, in an {@code if}. */
    private static final Pattern WHO = Pattern.compile(
            "\\$(secure_link|ssl_client|remote_user|http_authorization|cookie_|http_x_|arg_(token|key|secret|pass|auth))");

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
                    .filter(each -> WHO.matcher(String.join(" ", each.args())).find())
                    .filter(each -> each.all("return").anyMatch(r -> REFUSALS.contains(r.arg(0))) || each.has("deny"))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
