package io.culprit.triage.doctor;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.probe.Answer;
import io.culprit.triage.probe.HttpProbe;
import io.culprit.triage.probe.ProbeResult;
import io.culprit.triage.probe.Target;
import io.culprit.triage.whose.Authorship;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A page, phase by phase: name, connection, certificate, answer. */
final class WebCheck {
    private static final int TIMEOUT_MILLIS = 1_500;
    private static final long FEW_DAYS = 14;

    private WebCheck() {}

    static List<Step> look(Target target) {
        ProbeResult asked = new HttpProbe(TIMEOUT_MILLIS).ask(target, "");
        List<Step> steps = new ArrayList<>();
        boolean noName = asked.nameMillis() < 0;
        steps.add(
                noName
                        ? Step.bad(
                                        "name " + target.name(),
                                        asked.detail(),
                                        asked.failure().orElse(Cause.DNS_NOT_FOUND),
                                        "dig " + target.name())
                                .took(asked.totalMillis())
                        : Step.fine("name " + target.name(), String.join(", ", asked.addresses()))
                                .took(Math.max(0, asked.nameMillis())));
        if (noName) {
            return steps;
        }
        if (asked.connectMillis() < 0) {
            Cause cause = asked.failure().orElse(Cause.CONNECT_TIMEOUT);
            steps.add(
                    Step.bad("connect", asked.detail(), cause, "ss -ltn; nc -vz " + target.name() + " " + target.port())
                            .took(asked.totalMillis()));
            return steps;
        }
        steps.add(Step.fine("connect", asked.address()).took(asked.connectMillis()));
        if (target.tls()) {
            steps.add(certificate(target, asked));
        }
        if (asked.answer().isPresent()) {
            steps.add(answer(asked.answer().get(), asked).took(Math.max(0, asked.firstMillis())));
        } else if (!target.tls() || asked.tlsMillis() >= 0) {
            Cause cause = asked.failure().orElse(Cause.HEAD_CLOSED);
            steps.add(Step.bad("request", asked.detail(), cause, "culprit explain " + cause.id())
                    .took(asked.totalMillis()));
        }
        return steps;
    }

    private static Step certificate(Target target, ProbeResult asked) {
        Optional<ProbeResult.Certificate> certificate = asked.certificate();
        if (certificate.isEmpty()) {
            Cause cause = asked.failure().orElse(Cause.TLS_CLOSED);
            return Step.bad(
                            "TLS",
                            asked.detail(),
                            cause,
                            "openssl s_client -connect " + target.name() + ":" + target.port() + " -servername "
                                    + target.name())
                    .took(asked.totalMillis() - Math.max(0, asked.nameMillis()) - Math.max(0, asked.connectMillis()));
        }
        ProbeResult.Certificate c = certificate.get();
        String text = c.protocol() + ", for " + String.join(", ", c.names()) + ", " + c.days() + " days left";
        if (!c.trouble().isEmpty()) {
            Cause cause = c.trouble().contains("not valid now")
                    ? Cause.TLS_EXPIRED
                    : c.trouble().contains("and not for") ? Cause.TLS_NAME_MISMATCH : Cause.TLS_UNTRUSTED;
            return Step.bad(
                            "TLS",
                            text + "; " + c.trouble(),
                            cause,
                            "openssl s_client -connect " + target.name() + ":" + target.port() + " -servername "
                                    + target.name())
                    .took(Math.max(0, asked.tlsMillis()));
        }
        return (c.days() < FEW_DAYS
                        ? Step.warning("TLS", text, Cause.TLS_EXPIRED, "certbot renew --dry-run")
                        : Step.fine("TLS", text))
                .took(Math.max(0, asked.tlsMillis()));
    }

    private static Step answer(Answer answer, ProbeResult asked) {
        Authorship who = Authorship.of(answer);
        String by = who.writer().isEmpty() ? "" : ", written by " + who.writer() + (who.certain() ? "" : " (a sign)");
        String text = (answer.status() + " " + answer.reason()).strip()
                + by
                + (asked.detail().isEmpty() ? "" : "; " + asked.detail());
        if (!asked.answered()) {
            Cause cause = asked.failure().orElse(Cause.BODY_TRUNCATED);
            return Step.bad("request", text, cause, "culprit explain " + cause.id());
        }
        if (answer.status() < 500) {
            return Step.fine("request", text);
        }
        boolean gateway = answer.status() == 502 || answer.status() == 504;
        return Step.bad(
                "request",
                text,
                gateway ? Condition.UNKNOWN : Cause.ORIGIN_ERROR,
                "culprit triage /var/log; culprit explain " + answer.status());
    }
}
