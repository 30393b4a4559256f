/**
 * What a load test says: cells with their intervals, advice, thresholds, as text, HTML and JSON. Where to start: {@link
 * io.culprit.bench.load.report.Report}.
 */
package io.culprit.bench.load.report;
