/**
 * {@code culprit triage} over a lake of logs, on Apache Spark: {@link io.culprit.triage.spark.TriageJob} is the command,
 * {@link io.culprit.triage.spark.Lake} what there is to read, {@link io.culprit.triage.spark.LakeReading} the job, and
 * {@link io.culprit.triage.spark.DayTables} what comes out. Lines are read and judged by the same code as on one machine.
 */
package io.culprit.triage.spark;
