/** Writes a configuration of this gateway that does what one of nginx does, and says what it could not take over. */
package io.culprit.triage.translate;
