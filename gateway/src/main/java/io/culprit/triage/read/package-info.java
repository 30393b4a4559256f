/** From file names to records: finding logs in folders, unpacking, reading in parallel, joining records of several lines. */
package io.culprit.triage.read;
