/** What each worker is doing, as the status page tells it. */
package io.culprit.sim.pool.figures;
