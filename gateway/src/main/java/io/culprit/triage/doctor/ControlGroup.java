package io.culprit.triage.doctor;

import java.util.Optional;

/**
 * The memory limit that holds for one process: the least of its control group's and of those around it (cgroups version 2, then 1).
 * Immutable.
 *
 * @param limit bytes, {@link Long#MAX_VALUE} for none
 * @param used bytes that processes of that group have for themselves, page cache left out; -1 unknown
 */
record ControlGroup(long limit, long used) {
    private static final String ROOT = "/sys/fs/cgroup";
    static final ControlGroup NONE = new ControlGroup(Long.MAX_VALUE, -1);

    /** That of a process, {@code self} for our own. */
    static ControlGroup of(String pid) {
        String path = Shell.file("/proc/" + pid + "/cgroup").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("0::/") || line.contains(":memory:/"))
                .map(line -> line.substring(line.indexOf(":/") + 1))
                .findFirst()
                .orElse("/");
        ControlGroup least = NONE;
        // Within a container the path may be that of the host, which is not there: then its root is the container's
        // own.
        for (String at = path; ; at = at.substring(0, at.lastIndexOf('/'))) {
            ControlGroup here = at(at.equals("/") ? "" : at);
            if (here.limit < least.limit) {
                least = here;
            }
            if (at.isEmpty() || at.equals("/")) {
                return least;
            }
        }
    }

    private static ControlGroup at(String path) {
        Optional<String> limit = Shell.file(ROOT + path + "/memory.max")
                .or(() -> Shell.file(ROOT + "/memory" + path + "/memory.limit_in_bytes"))
                .map(String::strip)
                .filter(text -> text.matches("\\d{1,18}"));
        if (limit.isEmpty()) {
            return NONE;
        }
        long used = Shell.file(ROOT + path + "/memory.stat")
                .or(() -> Shell.file(ROOT + "/memory" + path + "/memory.stat"))
                .map(text -> Math.max(Shell.number(text, "anon "), Shell.number(text, "total_rss ")))
                .orElse(-1L);
        return new ControlGroup(Long.parseLong(limit.get()), used);
    }
}
