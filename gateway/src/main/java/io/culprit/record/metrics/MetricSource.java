package io.culprit.record.metrics;

/** Something that has values to show; asked at every scrape, on the scraper's thread. */
@FunctionalInterface
public interface MetricSource {
    /** Adds its values; must not block. */
    void collect(Samples samples);
}
