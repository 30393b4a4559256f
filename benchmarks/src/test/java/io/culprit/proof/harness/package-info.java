/** What proofs are made with: a gateway to test, upstreams, raw answers, certificates, and the programs nobody here wrote. */
package io.culprit.proof.harness;
