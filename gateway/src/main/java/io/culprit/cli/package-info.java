/**
 * The commands: in come arguments, out goes a running gateway, a list of problems, or the demo. Whatever a command
 * does is in other packages. Where to start: {@link io.culprit.cli.Main} and {@link io.culprit.cli.RunCommand}.
 */
package io.culprit.cli;
