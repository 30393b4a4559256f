/**
 * Misbehaviours of an upstream: in comes a request and what the test asked for, out go the bytes, pauses and closes
 * of one fault. A class for each. Where to start: {@link io.culprit.sim.fault.Faults} and
 * {@link io.culprit.sim.fault.Fault}.
 */
package io.culprit.sim.fault;
