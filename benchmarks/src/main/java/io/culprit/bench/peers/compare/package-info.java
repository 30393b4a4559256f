/**
 * What interleaved rounds say: ratios with their intervals, as text, HTML and JSON. Where to start: {@link
 * io.culprit.bench.peers.compare.Comparison}.
 */
package io.culprit.bench.peers.compare;
