/** One class for each thing a simulated script can do. */
package io.culprit.sim.script.steps;
