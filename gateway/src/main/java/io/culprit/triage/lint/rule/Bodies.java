package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Limits of uploads that do not fit together: the smallest one refuses, wherever the others are. */
public final class Bodies implements Rule {
    private static final long NGINX_DEFAULT = 1 << 20;
    private static final long POST_DEFAULT = 8 << 20;

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        Optional<Setting> post = value(setup, "post_max_size");
        Optional<Setting> upload = value(setup, "upload_max_filesize");
        if (post.isPresent() && upload.isPresent()) {
            long whole = bytes(post.get());
            long file = bytes(upload.get());
            if (whole > 0 && file > whole) {
                found.accept(Flaws.of(
                        "body.php-limits",
                        Level.WARNING,
                        upload.get(),
                        "upload_max_filesize " + upload.get().value() + " is never reached: post_max_size "
                                + post.get().value() + " refuses before",
                        post.get().where(),
                        "Set post_max_size a little above upload_max_filesize"));
            }
        }
        if (post.isEmpty()) {
            return;
        }
        List<Directive> set = new ArrayList<>();
        setup.nginx()
                .roots()
                .forEach(root -> root.walk(d -> {
                    if (d.name().equals("client_max_body_size")) {
                        set.add(d);
                    }
                }));
        long wanted = bytes(post.get());
        for (Directive each : set) {
            long most = Amount.bytes(each.arg(0)).orElse(0);
            if (most > 0 && most < wanted) {
                report(each, each.arg(0), post.get(), found);
            }
        }
        if (set.isEmpty() && wanted > POST_DEFAULT && !setup.nginx().isEmpty()) {
            report(setup.nginx().roots().get(0), "1m (default)", post.get(), found);
        }
    }

    private static void report(Directive at, String limit, Setting post, Consumer<Flaw> found) {
        String message = "nginx refuses bodies above " + limit + " with 413, although PHP takes " + post.value();
        String proof = "post_max_size = " + post.value() + " (" + post.where() + ")";
        String fix = "Set client_max_body_size " + post.value() + " (client.body-too-big)";
        found.accept(
                at.name().isEmpty()
                        ? Flaws.of("body.limit", Level.WARNING, at, message, proof, fix)
                        : Flaws.of(
                                "body.limit",
                                Level.WARNING,
                                at,
                                message,
                                proof,
                                fix,
                                "client_max_body_size " + post.value() + ";"));
    }

    private static long bytes(Setting setting) {
        return Amount.bytes(setting.value()).orElse(NGINX_DEFAULT);
    }

    private static Optional<Setting> value(Setup setup, String name) {
        for (Settings pool : setup.pools()) {
            Optional<Setting> own =
                    pool.get("php_admin_value[" + name + "]").or(() -> pool.get("php_value[" + name + "]"));
            if (own.isPresent()) {
                return own;
            }
        }
        return setup.php().stream().flatMap(s -> s.get(name).stream()).findFirst();
    }
}
