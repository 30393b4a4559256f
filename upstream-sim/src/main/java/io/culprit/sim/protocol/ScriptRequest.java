package io.culprit.sim.protocol;

import java.util.Map;

/**
 * A request as a worker sees it, whichever protocol brought it.
 *
 * @param method REQUEST_METHOD
 * @param uri REQUEST_URI, query included
 * @param scriptName path of the script below the site's root
 * @param scriptFile SCRIPT_FILENAME, for messages; empty when it was not given
 * @param query decoded parameters of the query
 * @param queryString as it came
 * @param contentLength CONTENT_LENGTH, 0 for none
 * @param user REMOTE_USER, possibly empty
 * @param keepConnection whether the connection is to be kept afterwards
 * @param complete false when the parameters are too few to run anything
 */
public record ScriptRequest(
        String method,
        String uri,
        String scriptName,
        String scriptFile,
        Map<String, String> query,
        String queryString,
        long contentLength,
        String user,
        boolean keepConnection,
        boolean complete) {}
