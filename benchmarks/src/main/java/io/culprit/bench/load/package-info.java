/**
 * Load tests: in comes a plan, out comes which settings serve most, how sure that is, and the lines to write into
 * configurations. Cells run in real time or in a simulated clock. Where to start:
 * {@link io.culprit.bench.load.LoadTestCommand} and {@link io.culprit.bench.load.Sweep}.
 */
package io.culprit.bench.load;
