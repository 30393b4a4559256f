package io.culprit.server;

import io.culprit.admission.Admission;
import io.culprit.upstream.Upstream;

/** What a route leads to: an upstream and who may use it. */
record Target(Upstream upstream, Admission admission) {}
