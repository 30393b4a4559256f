/** Shows what triage found: to a person, as JSON, as one page. */
package io.culprit.triage.report;
