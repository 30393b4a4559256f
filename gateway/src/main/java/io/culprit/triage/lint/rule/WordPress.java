package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.Optional;
import java.util.function.Consumer;

/** What WordPress is told that costs workers or shows too much. */
public final class WordPress implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (Settings each : setup.wordpress()) {
            Optional<Setting> cron = each.get("DISABLE_WP_CRON");
            if (cron.isEmpty() || !isTrue(cron.get())) {
                String message = "visits start wp-cron: under load each may hold a worker more";
                String fix =
                        "define('DISABLE_WP_CRON', true); and run wp cron event run --due-now from the system's cron";
                found.accept(
                        cron.isPresent()
                                ? Flaws.of(
                                        "wordpress.cron",
                                        Level.WARNING,
                                        cron.get(),
                                        message,
                                        cron.get().name() + " is " + cron.get().value(),
                                        fix,
                                        "define('DISABLE_WP_CRON', true);")
                                : Flaws.of(
                                        "wordpress.cron",
                                        Level.NOTE,
                                        each.file(),
                                        message,
                                        "DISABLE_WP_CRON is not defined",
                                        fix));
            }
            each.get("WP_DEBUG").filter(WordPress::isTrue).ifPresent(s -> {
                boolean hidden = each.get("WP_DEBUG_DISPLAY")
                        .filter(d -> d.value().equalsIgnoreCase("false"))
                        .isPresent();
                if (!hidden) {
                    found.accept(Flaws.of(
                            "wordpress.debug",
                            Level.WARNING,
                            s,
                            "errors are shown to visitors, with paths",
                            "WP_DEBUG is true, and WP_DEBUG_DISPLAY is not false",
                            "define('WP_DEBUG_DISPLAY', false); define('WP_DEBUG_LOG', true);"));
                }
            });
        }
    }

    private static boolean isTrue(Setting setting) {
        return setting.value().equalsIgnoreCase("true") || setting.value().equals("1");
    }
}
