/**
 * The tables of the journal on H2 and PostgreSQL, and the rows that are written to them. Where to start: {@link
 * io.culprit.record.journal.store.JournalStore}.
 */
package io.culprit.record.journal.store;
