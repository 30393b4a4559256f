/** What the configuration says of logs, journal, telemetry, alerts and uptime. */
package io.culprit.config.record;
