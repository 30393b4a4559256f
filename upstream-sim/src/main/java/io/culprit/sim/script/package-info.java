/**
 * What a PHP script does, as steps: in comes a list out of a scenario, out come sleep, output, memory, crashes, and
 * the words PHP has for them. Where to start: {@link io.culprit.sim.script.Scripts} and
 * {@link io.culprit.sim.script.PhpApplication}.
 */
package io.culprit.sim.script;
