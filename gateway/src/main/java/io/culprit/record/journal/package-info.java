/**
 * What is kept beyond the process: in come counts, examples and events, out go batches to H2 or PostgreSQL and the
 * answers to the dashboard's questions. A store that fails costs counts in memory, never a request. Where to start:
 * {@link io.culprit.record.journal.Journal} and {@link io.culprit.record.journal.store.JournalStore}.
 */
package io.culprit.record.journal;
