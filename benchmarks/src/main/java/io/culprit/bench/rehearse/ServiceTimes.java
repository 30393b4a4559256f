package io.culprit.bench.rehearse;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long the scripts of a scenario work, found by asking each of them alone. Stateless. */
public final class ServiceTimes {
    private static final int ASKED = 3;
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private ServiceTimes() {}

    /**
     * Starts the scenario's FPM and asks for every page of the timeline, one after the other, so that none waits for a
     * worker.
     *
     * @return seconds of each page that answered, as often as the timeline sends for it
     * @throws IOException when the scenario is not valid, or no page of it answers
     */
    public static List<Double> of(Path scenario) throws IOException {
        Path directory = Files.createTempDirectory("s");
        try {
            Rehearsal play = RehearsalReader.read(scenario, new SocketPlaces(directory))
                    .get(0)
                    .patient();
            Map<String, Integer> pages = new LinkedHashMap<>();
            for (Action each : play.timeline()) {
                if (each instanceof Action.Send send) {
                    pages.merge(send.path(), send.count(), Integer::sum);
                }
            }
            List<Double> all = new ArrayList<>();
            long end = System.nanoTime() + LONGEST.toNanos();
            try (PlayEnvironment stage = PlayEnvironment.open(play, directory, java.util.Optional.empty())) {
                for (Map.Entry<String, Integer> page : pages.entrySet()) {
                    List<Double> times = times(stage.url().resolve(page.getKey()), end);
                    for (int i = 0; i < page.getValue() && !times.isEmpty(); i++) {
                        all.add(times.get(i % times.size()));
                    }
                }
            }
            if (all.isEmpty()) {
                throw new IOException(scenario + ": no page of its timeline answers by itself");
            }
            return all;
        } finally {
            PlayEnvironment.delete(directory);
        }
    }

    private static List<Double> times(URI page, long end) throws IOException {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < ASKED && System.nanoTime() < end; i++) {
            long start = System.nanoTime();
            HttpURLConnection asked = (HttpURLConnection) page.toURL().openConnection();
            asked.setReadTimeout((int) LONGEST.toMillis());
            if (asked.getResponseCode() < 400) {
                asked.getInputStream().readAllBytes();
                times.add((System.nanoTime() - start) / 1e9);
            }
        }
        return times;
    }
}
