/** The tools that need no gateway, against real programs that are broken on purpose. */
package io.culprit.proof.tools;
