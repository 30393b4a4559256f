/**
 * What lies behind what: each {@link io.culprit.triage.chain.Chain} connects failures with events around them, says by which lines,
 * and what that does not prove. One class for each kind of incident.
 */
package io.culprit.triage.chain;
