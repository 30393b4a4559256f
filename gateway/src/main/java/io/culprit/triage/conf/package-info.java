/** Reads the configurations of other programs, each value with the file and line it stands in. */
package io.culprit.triage.conf;
