package io.culprit.server.routing;

import io.culprit.admission.Admission;
import io.culprit.site.Site;
import io.culprit.upstream.PoolWatch;
import io.culprit.upstream.Upstream;
import java.util.Optional;

/**
 * What a route leads to.
 *
 * @param admission who may use the upstream
 * @param site the PHP site behind a FastCGI upstream, empty for other protocols
 * @param pool looks at its FPM pools regularly, empty where that is not wanted
 */
public record Target(Upstream upstream, Admission admission, Optional<Site> site, Optional<PoolWatch> pool) {}
