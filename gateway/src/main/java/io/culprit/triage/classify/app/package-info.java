/** Lines of applications, their servers and their databases, one class for each program. */
package io.culprit.triage.classify.app;
