/**
 * The configuration as records, in which everything has been checked. {@link io.culprit.config.read} makes them of files. Where to
 * start: {@link io.culprit.config.GatewayConfig}.
 */
package io.culprit.config;
