/** Says which hop wrote an answer, by what its headers and body give away. */
package io.culprit.triage.whose;
