/**
 * How a request's body is taken in: whole before the upstream is asked, or passed on while it arrives. Where to start: {@link
 * io.culprit.server.request.body.BodyIntake}.
 */
package io.culprit.server.request.body;
