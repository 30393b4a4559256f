/**
 * Looks for what will go wrong in the configurations of web server, PHP-FPM, PHP and application taken together: one chain of
 * timers, sockets and limits from the edge to the script.
 */
package io.culprit.triage.lint;
