package io.culprit.triage.lint.rule;

import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Whether what goes wrong can be told from the logs afterwards. */
public final class LogFormats implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        List<String> formats = new ArrayList<>();
        boolean[] proxies = {false};
        setup.nginx().passes((scope, pass) -> proxies[0] = true);
        setup.nginx()
                .roots()
                .forEach(root -> root.walk(d -> {
                    if (d.name().equals("log_format")) {
                        formats.add(d.text());
                    }
                }));
        boolean told = formats.stream().anyMatch(f -> f.contains("$upstream_"));
        if (proxies[0] && !told) {
            setup.nginx().roots().stream()
                    .flatMap(root -> root.last("http").stream())
                    .findFirst()
                    .ifPresent(http -> found.accept(Flaws.of(
                            "log.no-upstream",
                            Level.NOTE,
                            http,
                            "the access log does not tell whose a 502 is",
                            "no log_format with $upstream_status",
                            "Add rt=$request_time uct=\"$upstream_connect_time\" uht=\"$upstream_header_time\" us=\"$upstream_status\""
                                    + " ua=\"$upstream_addr\" to it; culprit triage reads them")));
        }
    }
}
