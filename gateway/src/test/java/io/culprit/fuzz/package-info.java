/**
 * Every reader of bytes that come from outside, fed by jazzer: {@code FuzzTest} runs all of them, two at a time. The targets stand
 * beside the readers, those of triage here.
 */
package io.culprit.fuzz;
