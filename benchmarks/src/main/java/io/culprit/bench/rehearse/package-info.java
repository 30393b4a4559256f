/**
 * Rehearsals: in comes a scenario, out comes what clients saw, second by second, and whether it is what the scenario
 * expects. Where to start: {@link io.culprit.bench.rehearse.RehearseCommand} and
 * {@link io.culprit.bench.rehearse.Rehearsal}.
 */
package io.culprit.bench.rehearse;
