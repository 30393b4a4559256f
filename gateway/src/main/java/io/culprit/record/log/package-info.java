/**
 * Access and error log: in come outcomes, out go lines in the shapes of nginx, HAProxy, Envoy, JSON or a template.
 * Formats write into a reused buffer on the recorder's thread. Where to start:
 * {@link io.culprit.record.log.LineFormat} and {@link io.culprit.record.log.AccessLog}.
 */
package io.culprit.record.log;
