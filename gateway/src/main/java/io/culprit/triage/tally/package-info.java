/**
 * Sums up findings in memory that does not grow with the files: counts and times by cause, the most frequent paths, upstreams and
 * clients, a bounded number of events and of lines as proof. A thread has a tally of its own; they are merged at the end.
 */
package io.culprit.triage.tally;
