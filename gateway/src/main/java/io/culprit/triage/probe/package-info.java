/** Asks a server one thing, with a stop-watch for each phase, and keeps the answer as it came. */
package io.culprit.triage.probe;
