/** Looks at one machine, read-only, and says what is wrong with it: each check is a class, and tells what it could not see. */
package io.culprit.triage.doctor;
