package io.culprit.server.request;

import io.culprit.config.route.RouteConfig;
import io.culprit.failure.Trace;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.server.routing.Routing;
import io.culprit.server.routing.TargetRewrite;
import io.culprit.site.Resolution;
import io.culprit.site.Script;
import io.culprit.site.Site;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request for a PHP site: a script to be run, or an answer that needs none. Owned by one IO thread. */
final class SiteRequest {
    private final Site site;
    private final RequestHead head;
    private final RouteConfig route;
    private final byte[] normal;

    /**
     * @param normal the normalised path when it differs from the received one, else an empty array
     */
    SiteRequest(Site site, RequestHead head, RouteConfig route, byte[] normal) {
        this.site = site;
        this.head = head;
        this.route = route;
        this.normal = normal;
    }

    /**
     * What the path leads to.
     *
     * @throws MessageException when the route's rewrite does not take the path
     */
    Resolution resolve() throws MessageException {
        return site.resolve(new String(TargetRewrite.path(head, route, normal), StandardCharsets.ISO_8859_1));
    }

    /**
     * The request for the application.
     *
     * @throws MessageException when a header does not fit a FastCGI record
     */
    FastCgiRequest forScript(
            Script script, FastCgiRequest.Client client, String requestId, boolean keep, Optional<Trace> trace)
            throws MessageException {
        return new FastCgiRequest(head, route, site.config(), script, client, requestId, keep, trace);
    }

    private String receivedPath() {
        return normal.length > 0 ? new String(normal, StandardCharsets.ISO_8859_1) : head.path();
    }

    /** The path with a slash at its end, as the client sees it: the route's rewrite applies to the site's path only. */
    String location() {
        return Routing.withSlash(head, receivedPath());
    }
}
