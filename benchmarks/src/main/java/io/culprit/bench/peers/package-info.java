/**
 * Culprit beside nginx, HAProxy and Undertow's own proxy: in come workloads, out come CPU time per request and ratios
 * within one interleaved run. Where to start: {@link io.culprit.bench.peers.PeersCommand} and
 * {@link io.culprit.bench.peers.InterleavedRounds}.
 */
package io.culprit.bench.peers;
