/**
 * YAML to the records of {@link io.culprit.config}, all problems at once: in comes a file with what it includes, out comes a
 * configuration or each problem with its place. Where to start: {@link io.culprit.config.read.ConfigLoader}; each part of the
 * file has a reader of its own, on {@link io.culprit.config.read.Section}.
 */
package io.culprit.config.read;
