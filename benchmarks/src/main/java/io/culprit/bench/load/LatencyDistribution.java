package io.culprit.bench.load;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** How long the upstream works on a request: quantiles, between which it is interpolated on a logarithmic scale. */
final class LatencyDistribution {
    /** {@code $upstream_response_time} may name several attempts, of which the last one answered. */
    private static final Pattern TIME = Pattern.compile("(?:^|[,:] ?)([0-9]+\\.[0-9]{3})$");

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
    String source() {
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
                throw new IllegalArgumentException("p%s is below the percentile before it".formatted(each.getKey()));
            }
            before = value;
            shares.add(each.getKey() / 100);
            micros.add(value);
        }
        if (sorted.lastKey() < 100) {
            shares.add(1.0);
            micros.add(before);
        }
        return new LatencyDistribution(array(shares), array(micros), "declared: " + sorted);
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
     * Of an nginx access log: the last field of a line that looks like a time is {@code $upstream_response_time}, or the
     * value after {@code urt=}.
     *
     * @throws IOException when it cannot be read or has fewer than ten such lines
     */
    static LatencyDistribution nginxLog(Path path) throws IOException {
        List<Double> values = new ArrayList<>();
        long lines = 0;
        try (BufferedReader log = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                lines++;
                seconds(line).ifPresent(s -> values.add(Math.max(1, s * 1e6)));
            }
        }
        if (values.size() < 10) {
            throw new IOException(
                    "%s: only %d of %d lines have $upstream_response_time; put urt=$upstream_response_time into log_format"
                            .formatted(path, values.size(), lines));
        }
        return measured(array(values), path + ", " + values.size() + " requests");
    }

    static java.util.OptionalDouble seconds(String line) {
        int urt = line.indexOf("urt=");
        if (urt >= 0) {
            Matcher matcher = Pattern.compile("urt=\"?(?:[0-9.]+[,:] ?|- ?[,:] ?)*([0-9]+\\.[0-9]{3})")
                    .matcher(line);
            return matcher.find()
                    ? java.util.OptionalDouble.of(Double.parseDouble(matcher.group(1)))
                    : java.util.OptionalDouble.empty();
        }
        String[] fields = line.trim().split("[ \"]+");
        for (int i = fields.length - 1; i >= 0; i--) {
            Matcher matcher = TIME.matcher(fields[i]);
            if (matcher.find()) {
                return java.util.OptionalDouble.of(Double.parseDouble(matcher.group(1)));
            }
        }
        return java.util.OptionalDouble.empty();
    }

    /** Of a histogram log of HdrHistogram's, values in microseconds. */
    static LatencyDistribution histogram(Path path) throws IOException {
        Histogram sum = new Histogram(3);
        try (HistogramLogReader reader = new HistogramLogReader(path.toFile())) {
            while (reader.hasNext()) {
                if (reader.nextIntervalHistogram() instanceof Histogram each) {
                    sum.add(each);
                }
            }
        } catch (FileNotFoundException e) {
            throw new IOException(path + ": cannot be read", e);
        }
        if (sum.getTotalCount() == 0) {
            throw new IOException(path + ": there is no histogram in it");
        }
        double[] values = new double[QUANTILES];
        for (int i = 0; i < QUANTILES; i++) {
            values[i] = sum.getValueAtPercentile(100.0 * i / (QUANTILES - 1));
        }
        return measured(values, path + ", " + sum.getTotalCount() + " requests");
    }

    /** A random time of work, in nanoseconds. */
    long sample(RandomGenerator random) {
        return quantile(random.nextDouble());
    }

    /** The time that the share of requests stays below, in nanoseconds. */
    long quantile(double share) {
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
