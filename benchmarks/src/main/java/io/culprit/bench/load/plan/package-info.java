/**
 * What a load test is to do: arrivals, mix, patience, the settings to try. Where to start: {@link
 * io.culprit.bench.load.plan.Plan}.
 */
package io.culprit.bench.load.plan;
