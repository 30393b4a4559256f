/**
 * The configuration file as records: in comes YAML, out comes a configuration in which everything has been checked,
 * or all problems at once, each with file, line and column. Readers read a section each, the records hold what was
 * read. Where to start: {@link io.culprit.config.ConfigLoader} and {@link io.culprit.config.GatewayConfig}.
 */
package io.culprit.config;
