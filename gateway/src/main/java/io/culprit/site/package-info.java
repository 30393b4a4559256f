/**
 * A document root with a PHP application: from a path to a script, a file, or a refusal. Where to start: {@link
 * io.culprit.site.Site}.
 */
package io.culprit.site;
