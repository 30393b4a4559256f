/** The commands that need no gateway: triage, doctor, lint, explain, whose, import. */
package io.culprit.cli.tools;
