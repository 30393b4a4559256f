package io.culprit.record.journal.store;

/**
 * One start of a gateway.
 *
 * @param id unique
 * @param instance what the gateway is called
 * @param version of the program
 * @param startedMillis when it began
 * @param seenMillis when it wrote last
 */
public record Run(String id, String instance, String version, long startedMillis, long seenMillis) {}
