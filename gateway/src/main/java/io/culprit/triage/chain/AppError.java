package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Group;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The application's own 500, and what it says itself of why. Rests on its error log in the same seconds. */
final class AppError implements Chain {
    private static final Set<Condition> SAID = Set.of(
            Condition.PHP_DB_DOWN,
            Condition.PHP_FATAL,
            Condition.PHP_MEMORY_LIMIT,
            Condition.PHP_MAX_EXECUTION_TIME,
            Condition.APP_EXCEPTION);
    private static final long NEAR = 1;

    @Override
    public Optional<Link> find(Evidence e) {
        List<Failed> failures = e.failed(Set.of(Cause.ORIGIN_ERROR));
        Optional<Group> said = e.tally().groups(Kind.ERROR).stream()
                .filter(g -> SAID.contains(g.diagnosis()))
                .max(Comparator.comparingLong(Group::lines));
        if (said.isEmpty()) {
            return Optional.empty();
        }
        Group group = said.get();
        long covered = 0;
        for (Failed failed : failures) {
            for (var each : failed.bySecond().entrySet()) {
                boolean near = group.timeline().between(each.getKey() - NEAR, each.getKey() + NEAR) > 0;
                covered += near ? each.getValue() : 0;
            }
        }
        covered = Math.min(covered, group.requests());
        if (failures.isEmpty() || covered == 0) {
            return Optional.empty();
        }
        Diagnosis what = group.diagnosis();
        String where = group.scripts().first();
        return Optional.of(Link.of(Cause.ORIGIN_ERROR)
                .root(what)
                .requests(covered)
                .because(
                        "the application answered with its own error in the seconds in which it logged: %s%s",
                        lower(what.summary()), where.isEmpty() ? "" : " (" + where + ")")
                .proof(group.exhibits().subList(0, 1))
                .proof(failures.get(0)
                        .exhibits()
                        .subList(0, Math.min(1, failures.get(0).exhibits().size())))
                .notProven("that each of these answers belongs to one of these lines: they share the second, not an id")
                .notThis("Web server and PHP-FPM passed on what they got")
                .fix(Fix.of(what.remedy()))
                .build());
    }

    static String lower(String sentence) {
        boolean name = sentence.length() > 1 && Character.isUpperCase(sentence.charAt(1));
        return name ? sentence : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
