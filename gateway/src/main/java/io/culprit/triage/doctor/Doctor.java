package io.culprit.triage.doctor;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.doctor.Step.State;
import io.culprit.triage.probe.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All looks at a target or at this machine, in order. Reads only. */
public final class Doctor {
    /** What is nearest to the root comes first in the verdict. */
    private static final List<String> ORDER = List.of(
            "disks",
            "memory",
            "file descriptors",
            "units",
            "accept queue",
            "socket",
            "FPM answers",
            "status",
            "name",
            "connect",
            "TLS",
            "request",
            "recent logs");

    private final List<Step> steps = new ArrayList<>();

    private Doctor() {}

    /**
     * Looks.
     *
     * @param target a URL, {@code fastcgi://host:port}, {@code unix:/path}, or empty for what is found on this machine
     * @throws IllegalArgumentException when the target is none of these
     */
    public static List<Step> look(String target) throws InterruptedException {
        Doctor doctor = new Doctor();
        Processes processes = Processes.look();
        Listening listening = Listening.look();
        List<String> unseen = new ArrayList<>();
        List<FpmPool> pools = FpmPool.find(unseen);
        if (target.startsWith("unix:") || target.startsWith("fastcgi://")) {
            String address = target.startsWith("unix:")
                    ? target.replaceFirst(":$", "")
                    : address(target.substring("fastcgi://".length()));
            doctor.pool(
                    pools.stream()
                            .filter(p -> p.listen().equals(address))
                            .findFirst()
                            .orElse(new FpmPool("?", address, "", "/ping", -1, "", Path.of("its pool file"))),
                    processes,
                    listening);
        } else if (!target.isEmpty()) {
            doctor.steps.addAll(WebCheck.look(Target.of(target)));
        } else {
            doctor.found(processes, pools, unseen);
            pools.forEach(p -> doctor.pool(p, processes, listening));
        }
        doctor.machine(processes, pools);
        return List.copyOf(doctor.steps);
    }

    private static String address(String rest) {
        String plain = rest.replaceFirst("/.*", "");
        if (rest.startsWith("unix:")) {
            return rest.replaceFirst(":$", "");
        }
        if (!plain.matches(".+:\\d{1,5}")) {
            throw new IllegalArgumentException(
                    "fastcgi://" + rest + ": host and port are wanted, as fastcgi://127.0.0.1:9000");
        }
        return plain;
    }

    private void found(Processes processes, List<FpmPool> pools, List<String> unseen) {
        List<String> kinds = processes.all().stream()
                .map(Processes.Running::kind)
                .distinct()
                .sorted()
                .toList();
        String text = kinds.isEmpty() ? "no web server and no application server runs" : String.join(", ", kinds);
        steps.add((kinds.isEmpty()
                        ? Step.warning("running", text, Condition.UPSTREAM_EXITED, "systemctl list-units --failed")
                        : Step.fine("running", text))
                .details(unseen));
        if (pools.isEmpty() && kinds.contains("php-fpm")) {
            steps.add(Step.unseen(
                    "pools", "no pool files at the usual places: name the socket, culprit doctor unix:/PATH"));
        }
    }

    private void pool(FpmPool pool, Processes processes, Listening listening) {
        Optional<Step> file = FpmCheck.socketFile(pool.listen(), processes);
        file.ifPresent(steps::add);
        if (file.flatMap(Step::diagnosis)
                .filter(d -> d == Cause.CONNECT_SOCKET_MISSING)
                .isPresent()) {
            return; // nobody can be asked by a file that is not there
        }
        Step queue = FpmCheck.timed(() -> FpmCheck.queue(pool.listen(), listening));
        steps.add(queue);
        if (queue.state() != State.BAD || queue.text().contains("full")) {
            steps.addAll(FpmCheck.ask(pool.listen(), pool));
        }
    }

    private void machine(Processes processes, List<FpmPool> pools) throws InterruptedException {
        steps.addAll(WorkerMemory.look(processes, pools));
        steps.add(FpmCheck.timed(MachineCheck::units));
        steps.add(FpmCheck.timed(MachineCheck::kills));
        steps.add(FpmCheck.timed(MachineCheck::memory));
        steps.add(FpmCheck.timed(MachineCheck::disks));
        steps.add(FpmCheck.timed(() -> MachineCheck.descriptors(processes)));
        long start = System.nanoTime();
        Step logs = RecentLogs.look();
        steps.add(logs.took((System.nanoTime() - start) / 1_000_000L));
    }

    /** The step that the verdict is about: the worst one, and of several the one nearest to the root. */
    public static Optional<Step> verdict(List<Step> steps) {
        return steps.stream()
                .filter(s -> s.state() == State.BAD || s.state() == State.WARNING)
                .min(Comparator.comparing(Step::state).thenComparing(Doctor::order));
    }

    private static int order(Step step) {
        for (int i = 0; i < ORDER.size(); i++) {
            if (step.name().startsWith(ORDER.get(i))) {
                return i;
            }
        }
        return ORDER.size();
    }
}
