/**
 * What makes the load of a comparison: wrk, h2load, openssl, and clients of our own for tunnels, which no program at hand sends. Each runs as a process of its own on the load's core and ends with a {@link io.culprit.bench.peers.load.LoadResult}.
 */
package io.culprit.bench.peers.load;
