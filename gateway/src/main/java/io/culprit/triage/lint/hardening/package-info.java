/**
 * Mistakes of nginx's configuration that let requests out of where they belong: the checks people know from gixy, each held against
 * what nginx 1.22 really does ({@code LintAgainstNginxTest}). What folklore says and nginx 1.22 does not do is left out: {@code if} beside
 * {@code proxy_pass} with a path, and beside {@code alias} with captures, work. {@link io.culprit.triage.lint.hardening.ClientValues}
 * knows what a client can put into a variable; start there.
 */
package io.culprit.triage.lint.hardening;
