package io.culprit.server;

import io.culprit.config.RouteConfig;
import io.culprit.failure.Trace;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.site.Denied;
import io.culprit.site.Redirect;
import io.culprit.site.Resolution;
import io.culprit.site.Script;
import io.culprit.site.Site;
import io.culprit.site.StaticFile;
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

    /** What can be answered without the application. */
    interface Answers {
        void serve(Site from, StaticFile file);

        void redirect(String location);

        void deny(Denied why);
    }

    /**
     * The script to run; empty when {@code answers} was told what to do instead.
     *
     * @throws MessageException when the route's rewrite does not take the path
     */
    Optional<Script> go(Answers answers) throws MessageException {
        Resolution found = site.resolve(sitePath());
        if (found instanceof Script script) {
            return Optional.of(script);
        }
        if (found instanceof StaticFile file) {
            answers.serve(site, file);
        } else if (found instanceof Redirect) {
            answers.redirect(location());
        } else {
            answers.deny((Denied) found);
        }
        return Optional.empty();
    }

    /**
     * The request for the application.
     *
     * @throws MessageException when a header does not fit a FastCGI record
     */
    FastCgiRequest request(
            Script script, FastCgiRequest.Client client, String requestId, boolean keep, Optional<Trace> trace)
            throws MessageException {
        return new FastCgiRequest(head, route, site.config(), script, client, requestId, keep, trace);
    }

    private String receivedPath() {
        return normal.length > 0 ? new String(normal, StandardCharsets.ISO_8859_1) : head.path();
    }

    /** The path below the site's root: the route's rewrite applies to it, not to REQUEST_URI. */
    private String sitePath() throws MessageException {
        return new String(TargetRewrite.path(head, route, normal), StandardCharsets.ISO_8859_1);
    }

    private String location() {
        return Routing.withSlash(head, receivedPath());
    }
}
