/**
 * The vocabulary that all other packages speak: what went wrong, in which phase, whose fault it is, how sure that is,
 * and the outcome in which every request ends. Nothing here does anything. Where to start:
 * {@link io.culprit.failure.Cause} and {@link io.culprit.failure.Outcome}.
 */
package io.culprit.failure;
