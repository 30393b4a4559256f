/**
 * Several gateways looked at together: in come the counts that they share in a journal, out goes whose a failure is, that of one
 * gateway's machine, of one server or of the whole upstream. Where to start: {@link io.culprit.record.fleet.Whose}.
 */
package io.culprit.record.fleet;
