/**
 * Where a request goes: the route of its path, the rules of that route (networks, rates), the target its upstream is asked for.
 * In comes a head, out comes a {@link io.culprit.server.routing.Destination} or a refusal. Where to start: {@link
 * io.culprit.server.routing.Routing}.
 */
package io.culprit.server.routing;
