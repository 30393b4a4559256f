package io.culprit.bench.rehearse;

/**
 * What became of one request.
 *
 * @param sentNanos when it was sent, from the start of the play
 * @param doneNanos when it was over
 * @param label {@code 200}, {@code 502 connect.backlog-full}, {@code torn body.reset}
 * @param finding the gateway's sentence about it, empty where it had none
 */
record Answer(long sentNanos, long doneNanos, String label, String finding) {}
