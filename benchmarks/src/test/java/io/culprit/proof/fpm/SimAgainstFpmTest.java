package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The simulated FPM does as the real one does. */
class SimAgainstFpmTest extends FpmTwins {
    @Test
    void everyScriptGivesTheSameRecordsByteForByte() throws Exception {
        same(Fpm.Settings.fixed(2, 16), (fpm, client, root) -> {
            List<String> seen = new ArrayList<>();
            for (Script each : Script.values()) {
                if (each == Script.LONG || each == Script.BUSY) {
                    continue;
                }
                FcgiClient.Reply reply = client.get(root, each.file());
                boolean pathInText = reply.records().contains("STDERR") && each != Script.LOGS;
                seen.add(each + ": "
                        + (pathInText ? reply.records().replaceAll("STDERR [0-9/]+", "STDERR") : reply.records()));
                seen.add(reply.head().replace("\r\n", " | "));
                seen.add(Integer.toString(reply.bodyText().hashCode()));
            }
            FcgiClient.Reply missing = client.get(root, "missing.php");
            seen.add(missing.records() + " " + missing.head() + " " + missing.bodyText());
            FcgiClient.Reply head = client.request("HEAD", root + "/hello.php", "/hello.php", "", java.util.Map.of());
            seen.add("HEAD " + head.records());
            return seen;
        });
    }

    @Test
    void twoWorkersBacklogFourTwelveRequests() throws Exception {
        same(Fpm.Settings.fixed(2, 4), (fpm, client, root) -> {
            String counts = counted(together(12, client, root, "sleep.php"));
            assertEquals("{200=7, Resource temporarily unavailable=5}", counts);
            return List.of(counts, normal(fpm.log()).toString());
        });
    }

    @Test
    void pagesHaveTheSameFieldsInEveryFormat() throws Exception {
        same(Fpm.Settings.fixed(2, 16), (fpm, client, root) -> {
            List<String> seen = new ArrayList<>();
            seen.add(client.page("/fpm-ping", "").head());
            seen.add(client.page("/fpm-ping", "").bodyText());
            client.get(root, "hello.php");
            for (String query : List.of(
                    "",
                    "json",
                    "xml",
                    "html",
                    "openmetrics",
                    "full",
                    "json&full",
                    "xml&full",
                    "html&full",
                    "xjson",
                    "json=1",
                    "html&xml",
                    "openmetrics&json")) {
                FcgiClient.Reply reply = client.page("/fpm-status", query);
                seen.add(query + ": " + reply.head());
                seen.add(shape(reply.bodyText()));
            }
            return seen;
        });
    }

    /** Numbers and times out; which worker comes first is chance. */
    private static String shape(String page) {
        return page.replace("(null)", "Idle") // a child that has not begun to accept
                .replaceAll("[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} [+-][0-9]{4}", "TIME")
                .replaceAll("[0-9]+(\\.[0-9]+)?", "N")
                .replaceAll("\"(idle|running)\"", "STATE")
                .replaceAll("(state:? *\"?:?\"?|<state>|<td>)(Idle|Running|Finishing)", "$1STATE")
                .replaceAll("(?m)^(state: +).*$", "$1STATE")
                .replaceAll("\"state\":\"[A-Za-z]+\"", "STATE")
                .replaceAll("(?m)^(request method|request URI|script): +.*$", "$1")
                .replaceAll("\"(request method|request uri|script)\":\"[^\"]*\"", "$1")
                .replaceAll("<(request-method|request-uri|script)>[^<]*<", "$1<")
                .replaceAll("<td>(GET|-|/[^<]*|\\\\/[^<]*)</td>", "<td>X</td>");
    }

    @Test
    void ondemandForksAndReaps() throws Exception {
        var settings = new Fpm.Settings("ondemand", 3, 16, 1, 1, 1, 1, 0, 0, 0, 0);
        same(settings, (fpm, client, root) -> {
            List<String> seen = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(5);
            try {
                List<Future<FcgiClient.Reply>> running = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    running.add(threads.submit(() -> client.get(root, "sleep.php")));
                    Thread.sleep(60);
                }
                for (Future<FcgiClient.Reply> each : running) {
                    seen.add(each.get().verdict());
                }
            } finally {
                threads.shutdownNow();
            }
            seen.add("reached " + field(client, "max children reached"));
            Thread.sleep(6_500);
            // The one that answers was forked for the question or is the last one left.
            seen.add("left " + field(client, "total processes"));
            seen.addAll(normal(fpm.log()));
            return seen;
        });
    }

    @Test
    void dynamicSpawnsInTheSameSteps() throws Exception {
        var settings = new Fpm.Settings("dynamic", 12, 64, 5, 5, 6, 10, 0, 0, 0, 0);
        same(settings, (fpm, client, root) -> {
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    running.add(threads.submit(() -> client.get(root, "long.php")));
                }
                for (int i = 0; i < 22; i++) {
                    running.add(threads.submit(() -> client.get(root, "long.php")));
                }
                TestGateway.await(
                        "the pool is at its limit",
                        8_000,
                        () -> fpm.log().stream().anyMatch(line -> line.contains("reached pm.max_children")));
                for (Future<?> each : running) {
                    each.get();
                }
            } finally {
                threads.shutdownNow();
            }
            List<String> seen = new ArrayList<>(normal(fpm.log()));
            seen.add("reached " + field(client, "max children reached"));
            return seen;
        });
    }

    @Test
    void recyclingLosesNoRequest() throws Exception {
        same(Fpm.Settings.fixed(1, 64).maxRequests(3), (fpm, client, root) -> {
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                seen.add(client.get(root, "hello.php").verdict());
            }
            TestGateway.await("four workers are replaced", () -> replaced(fpm) == 4);
            seen.addAll(normal(fpm.log()));
            return seen;
        });
    }

    private static long replaced(Fpm fpm) {
        return fpm.log().stream().filter(line -> line.endsWith("started")).count();
    }

    @Test
    void terminateTimeoutResetsAndSaysSo() throws Exception {
        same(Fpm.Settings.fixed(1, 16).timeouts(2, 1), (fpm, client, root) -> {
            FcgiClient.Reply reply = client.get(root, "long.php");
            assertTrue(reply.millis() >= 2_000 && reply.millis() < 2_600, "killed after " + reply.millis() + " ms");
            TestGateway.await("a worker is replaced", () -> replaced(fpm) == 1);
            List<String> seen = new ArrayList<>(normal(fpm.log()));
            seen.add(reply.verdict());
            return seen;
        });
    }

    @Test
    void aKilledWorkerResetsAndIsReplaced() throws Exception {
        for (String signal : List.of("KILL", "SEGV", "ABRT", "TERM")) {
            same(Fpm.Settings.fixed(2, 16), (fpm, client, root) -> {
                ExecutorService thread = Executors.newSingleThreadExecutor();
                try {
                    Future<FcgiClient.Reply> running = thread.submit(() -> client.get(root, "busy.php"));
                    Thread.sleep(300);
                    fpm.killBusyWorker(signal);
                    String verdict = running.get().verdict();
                    TestGateway.await("a worker is replaced", () -> replaced(fpm) == 1);
                    List<String> seen = new ArrayList<>(normal(fpm.log()));
                    seen.add(verdict);
                    seen.add(client.get(root, "hello.php").verdict());
                    return seen;
                } finally {
                    thread.shutdownNow();
                }
            });
        }
    }

    @Test
    void reloadAndStopUnderLoad() throws Exception {
        for (String signal : List.of("USR2", "QUIT", "TERM")) {
            for (int control : List.of(0, 10)) {
                same(Fpm.Settings.fixed(2, 16).control(control), (fpm, client, root) -> {
                    ExecutorService threads = Executors.newFixedThreadPool(4);
                    try {
                        List<Future<FcgiClient.Reply>> running = new ArrayList<>();
                        for (int i = 0; i < 3; i++) { // two in flight, one queued
                            running.add(threads.submit(() -> client.get(root, "busy.php")));
                            Thread.sleep(60);
                        }
                        Thread.sleep(300);
                        fpm.signal(signal);
                        Thread.sleep(150);
                        running.add(threads.submit(() -> client.get(root, "hello.php")));
                        List<String> seen = new ArrayList<>();
                        seen.add(signal + " with " + control);
                        for (Future<FcgiClient.Reply> each : running) {
                            seen.add(each.get().verdict());
                        }
                        String last = signal.equals("USR2") ? "ready to handle connections" : "exiting, bye-bye!";
                        int times = signal.equals("USR2") ? 2 : 1;
                        TestGateway.await(
                                last,
                                () -> fpm.log().stream()
                                                .filter(line -> line.contains(last))
                                                .count()
                                        == times);
                        Thread.sleep(200);
                        seen.addAll(normal(fpm.log()));
                        seen.add(client.get(root, "hello.php").verdict());
                        return seen;
                    } finally {
                        threads.shutdownNow();
                    }
                });
            }
        }
    }

    @Test
    void oddRequestsGetTheSameEnd() throws Exception {
        same(Fpm.Settings.fixed(2, 16), (fpm, client, root) -> {
            List<String> seen = new ArrayList<>();
            byte[] good = FcgiClient.encode(
                    java.util.Map.of("SCRIPT_FILENAME", root + "/hello.php", "REQUEST_METHOD", "GET"));
            seen.add("good " + client.exchange(good).verdict());
            for (int role : List.of(2, 3, 0, 4, 9)) {
                byte[] other = good.clone();
                other[9] = (byte) role;
                seen.add("role " + role + " " + client.exchange(other).verdict());
            }
            byte[] version0 = good.clone();
            version0[0] = 0;
            seen.add("version 0 " + client.exchange(version0).verdict());
            byte[] version2 = good.clone();
            version2[0] = 2;
            seen.add("version 2 " + client.exchange(version2).verdict());
            byte[] type99 = good.clone();
            type99[1] = 99;
            seen.add("type 99 " + client.exchange(type99).verdict());
            byte[] beyond = good.clone();
            beyond[25] = 120; // the first value's length leads beyond its record
            seen.add("length beyond " + client.exchange(beyond).verdict());
            byte[] other = good.clone();
            other[3] = 7;
            seen.add("id 7 " + client.exchange(other).verdict());
            seen.add("no method "
                    + client.exchange(FcgiClient.encode(java.util.Map.of("SCRIPT_FILENAME", root + "/hello.php")))
                            .records());
            return seen;
        });
    }
}
