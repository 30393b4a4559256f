package io.culprit.record.fleet;

/**
 * How often attempts of one gateway at one server ended in one way.
 *
 * @param instance the gateway
 * @param upstream name of the upstream
 * @param peer the server, empty where none was reached
 * @param cause id of the cause, {@code ok} where all went well
 */
public record Attempts(String instance, String upstream, String peer, String cause, long count) {}
