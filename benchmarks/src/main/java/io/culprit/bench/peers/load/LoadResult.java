package io.culprit.bench.peers.load;

/**
 * What one run found.
 *
 * @param requests answered, whatever the status; messages echoed, for tunnels
 * @param rate of them, per second
 * @param p50Millis median latency from the sending on: waiting for a turn is not in it
 * @param failed answers that were neither 2xx nor 3xx
 * @param errors of sockets
 */
public record LoadResult(long requests, double rate, double p50Millis, double p99Millis, long failed, long errors) {}
