package io.culprit.record.journal.store;

import io.culprit.record.count.Series;

/**
 * A count of one minute as it shall stand in the store: writing it twice changes nothing.
 *
 * @param minute minutes since the epoch
 * @param total the count so far
 */
public record CountRow(long minute, Series series, long total) {}
