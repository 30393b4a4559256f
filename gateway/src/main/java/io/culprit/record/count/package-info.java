/**
 * Counts by time, route, upstream, peer and cause: in come outcomes on their IO threads, out come sums for metrics,
 * journal and dashboard. Where to start: {@link io.culprit.record.count.Counters} and
 * {@link io.culprit.record.count.Series}.
 */
package io.culprit.record.count;
