package io.culprit.bench.load.plan;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** How long the upstream works on a request: quantiles, between which it is interpolated on a logarithmic scale. */
public final class LatencyDistribution {
    private static final int QUANTILES = 2_000;

    private final double[] shares;
    private final double[] micros;
    private final String source;

    private LatencyDistribution(double[] shares, double[] micros, String source) {
        this.shares = shares;
        this.micros = micros;
        this.source = source;
    }

    /** Where it comes from, for the report. */
    public String source() {
        return source;
    }

    /**
     * Of declared percentiles.
     *
     * @param percentiles such as 50 to 80 ms; the least is the minimum, 100 the maximum
     * @throws IllegalArgumentException when they do not grow
     */
    static LatencyDistribution declared(Map<Double, Duration> percentiles) {
        TreeMap<Double, Duration> sorted = new TreeMap<>(percentiles);
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("at least one percentile is needed, such as p50: 80ms");
        }
        List<Double> shares = new ArrayList<>();
        List<Double> micros = new ArrayList<>();
        if (sorted.firstKey() > 0) {
            shares.add(0.0);
            micros.add(Math.max(1, sorted.firstEntry().getValue().toNanos() / 4000.0));
        }
        double before = 0;
        for (Map.Entry<Double, Duration> each : sorted.entrySet()) {
            double value = each.getValue().toNanos() / 1000.0;
            if (value < before || value <= 0) {
                throw new IllegalArgumentException(name(each.getKey()) + " is below the percentile before it");
            }
            before = value;
            shares.add(each.getKey() / 100);
            micros.add(value);
        }
        if (sorted.lastKey() < 100) {
            shares.add(1.0);
            micros.add(before);
        }
        return new LatencyDistribution(array(shares), array(micros), "declared: " + text(sorted));
    }

    private static String text(TreeMap<Double, Duration> percentiles) {
        return percentiles.entrySet().stream()
                .map(e -> name(e.getKey()) + " " + Settings.exact(e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String name(double percentile) {
        if (percentile == 0 || percentile == 100) {
            return percentile == 0 ? "min" : "max";
        }
        return "p"
                + (percentile == Math.rint(percentile)
                        ? Long.toString((long) percentile)
                        : Double.toString(percentile));
    }

    private static double[] array(List<Double> list) {
        return list.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Of measured values, in microseconds. */
    static LatencyDistribution measured(double[] values, String source) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = Math.min(QUANTILES, sorted.length);
        double[] shares = new double[n];
        double[] micros = new double[n];
        for (int i = 0; i < n; i++) {
            shares[i] = n == 1 ? 0 : (double) i / (n - 1);
            micros[i] = Math.max(1, sorted[(int) Math.round(shares[i] * (sorted.length - 1))]);
        }
        return new LatencyDistribution(shares, micros, source);
    }

    /**
     * Of a histogram log of HdrHistogram's. A log of this tool's own has several histograms; the one of service times is
     * meant then.
     *
     * @param tag the histogram to take, empty for {@code service} or, where there are no tags, all
     * @param unit nanoseconds that a value of 1 stands for
     */
    static LatencyDistribution histogram(Path path, Optional<String> tag, long unit) throws IOException {
        Map<String, Histogram> byTag = new TreeMap<>();
        try (HistogramLogReader reader = new HistogramLogReader(path.toFile())) {
            while (reader.hasNext()) {
                if (reader.nextIntervalHistogram() instanceof Histogram each) {
                    byTag.computeIfAbsent(each.getTag() == null ? "" : each.getTag(), t -> new Histogram(3))
                            .add(each);
                }
            }
        } catch (FileNotFoundException e) {
            throw new IOException(path + ": no such file", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(path + ": is no log of HdrHistogram's: " + e.getMessage(), e);
        }
        String wanted = tag.orElse(byTag.containsKey("service") ? "service" : "");
        Histogram found = byTag.get(wanted);
        if (found == null || found.getTotalCount() == 0) {
            throw new IOException(
                    path + ": there is no histogram " + (wanted.isEmpty() ? "without a tag" : "\"" + wanted + "\"")
                            + " in it" + (byTag.isEmpty() ? "" : ", only " + byTag.keySet()));
        }
        double[] values = new double[QUANTILES];
        for (int i = 0; i < QUANTILES; i++) {
            values[i] = found.getValueAtPercentile(100.0 * i / (QUANTILES - 1)) * (unit / 1000.0);
        }
        return measured(values, path + ", " + found.getTotalCount() + " requests");
    }

    /** A random time of work, in nanoseconds. */
    long sample(RandomGenerator random) {
        return quantile(random.nextDouble());
    }

    /** The time that the share of requests stays below, in nanoseconds. */
    public long quantile(double share) {
        int i = 1;
        while (i < shares.length - 1 && shares[i] < share) {
            i++;
        }
        if (shares.length == 1) {
            return Math.round(micros[0] * 1000);
        }
        double within = (share - shares[i - 1]) / Math.max(1e-12, shares[i] - shares[i - 1]);
        double low = Math.log(micros[i - 1]);
        double high = Math.log(micros[i]);
        return Math.round(Math.exp(low + (high - low) * Math.min(1, Math.max(0, within))) * 1000);
    }
}
