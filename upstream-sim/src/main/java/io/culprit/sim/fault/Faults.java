package io.culprit.sim.fault;

import io.culprit.sim.fault.kinds.BigHead;
import io.culprit.sim.fault.kinds.BreakUpload;
import io.culprit.sim.fault.kinds.Canned;
import io.culprit.sim.fault.kinds.Close;
import io.culprit.sim.fault.kinds.Drip;
import io.culprit.sim.fault.kinds.EarlyAnswer;
import io.culprit.sim.fault.kinds.Excess;
import io.culprit.sim.fault.kinds.Garbage;
import io.culprit.sim.fault.kinds.Healthy;
import io.culprit.sim.fault.kinds.IdleClose;
import io.culprit.sim.fault.kinds.Interim;
import io.culprit.sim.fault.kinds.Reset;
import io.culprit.sim.fault.kinds.SlowReader;
import io.culprit.sim.fault.kinds.Stall;
import io.culprit.sim.fault.kinds.TlsAlert;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The list of all faults. */
public final class Faults {
    private static final List<Fault> ALL = list();
    private static final Map<String, Fault> BY_NAME =
            ALL.stream().collect(Collectors.toMap(Fault::name, Function.identity()));

    private Faults() {}

    private static List<Fault> list() {
        List<Fault> all = new ArrayList<>(List.of(
                new Healthy(),
                new Reset(),
                new Close(),
                new Stall(),
                new Drip(),
                new Garbage(),
                new TlsAlert(),
                new BigHead(),
                new Excess(),
                new EarlyAnswer(),
                new BreakUpload(),
                new SlowReader(),
                new Interim(),
                new IdleClose()));
        all.addAll(Canned.all());
        return List.copyOf(all);
    }

    public static List<Fault> all() {
        return ALL;
    }

    public static Optional<Fault> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
