/** Says what a status, a cause or a pasted line means, what it does not mean, and how to find out more. */
package io.culprit.triage.explain;
