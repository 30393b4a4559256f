/**
 * Names what broke from what is already on disk, without a gateway: logs ({@code triage}), machines ({@code doctor}),
 * configurations ({@code lint}, {@code import}), answers ({@code whose}) and words ({@code explain}). Knows the vocabulary of
 * {@link io.culprit.failure}; neither server nor upstream.
 */
package io.culprit.triage;
