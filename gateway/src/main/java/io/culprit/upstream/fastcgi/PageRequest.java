package io.culprit.upstream.fastcgi;

import io.culprit.config.FastCgiConfig;
import io.culprit.upstream.request.RequestBody;
import io.culprit.upstream.request.UpstreamRequest;
import java.nio.ByteBuffer;

/**
 * Asks a PHP-FPM pool for a page on our own behalf: its status, its ping, or a script that checks the site. The pool's
 * own pages answer only where SCRIPT_NAME and SCRIPT_FILENAME are the path itself (facts: php-fpm, status page).
 *
 * @param path SCRIPT_NAME, such as {@code pm.status_path}
 * @param file SCRIPT_FILENAME: the path again for the pool's own pages
 * @param query QUERY_STRING, possibly empty
 */
public record PageRequest(String path, String file, String query) implements UpstreamRequest {
    /** The pool's status as JSON. */
    public static PageRequest status(String path) {
        return new PageRequest(path, path, "json");
    }

    /** A page that tells whether the pool, or the site, is well. */
    public static PageRequest check(String path, FastCgiConfig site) {
        boolean script = site.extensions().stream().anyMatch(path::endsWith);
        return new PageRequest(path, script ? site.root() + path : path, "");
    }

    @Override
    public String id() {
        return "page";
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public int headBound() {
        return 512 + 4 * (path.length() + file.length() + query.length());
    }

    @Override
    public void encodeHead(ByteBuffer out) {
        Params.header(out, FastCgi.BEGIN_REQUEST, 8);
        out.putShort((short) FastCgi.RESPONDER).put((byte) 0).put((byte) 0).putInt(0);
        Params params = new Params(out);
        params.pair("SCRIPT_NAME", path);
        params.pair("SCRIPT_FILENAME", file);
        params.pair("REQUEST_METHOD", "GET");
        params.pair("QUERY_STRING", query);
        params.pair("REQUEST_URI", query.isEmpty() ? path : path + "?" + query);
        params.pair("GATEWAY_INTERFACE", "CGI/1.1");
        params.pair("SERVER_PROTOCOL", "HTTP/1.1");
        params.end();
        Params.header(out, FastCgi.STDIN, 0);
    }

    @Override
    public RequestBody body() {
        return RequestBody.NONE;
    }

    @Override
    public byte[] clientAddress() {
        return new byte[4];
    }
}
