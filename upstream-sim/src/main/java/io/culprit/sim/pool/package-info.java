/**
 * PHP-FPM's processes as threads: masters, pools, process managers, the scoreboard, signals and log lines, after the
 * source's rules and the measured rows. Where to start: {@link io.culprit.sim.pool.Master} and
 * {@link io.culprit.sim.pool.Pool}.
 */
package io.culprit.sim.pool;
