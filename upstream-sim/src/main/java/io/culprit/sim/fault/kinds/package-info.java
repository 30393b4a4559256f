/** One class for each way in which an HTTP upstream misbehaves. */
package io.culprit.sim.fault.kinds;
