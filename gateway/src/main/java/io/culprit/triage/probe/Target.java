package io.culprit.triage.probe;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * What to ask for.
 *
 * @param tls whether by TLS
 * @param name the host's name, for Host and SNI
 * @param port TCP port
 * @param path path and query
 */
public record Target(boolean tls, String name, int port, String path) {
    /**
     * @param url {@code https://shop.test/cart}, or without a scheme
     * @throws IllegalArgumentException when it is no URL of http or https
     */
    public static Target of(String url) {
        String whole = url.contains("://") ? url : "https://" + url;
        try {
            URI uri = new URI(whole);
            boolean tls = "https".equalsIgnoreCase(uri.getScheme());
            if (!tls && !"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
                throw new IllegalArgumentException(url + ": not a URL of http or https");
            }
            if (uri.getPort() == 0 || uri.getPort() > 65_535) {
                throw new IllegalArgumentException(url + ": port " + uri.getPort() + " is not from 1 to 65535");
            }
            int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
            String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            return new Target(tls, uri.getHost().replace("[", "").replace("]", ""), port, path + query);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(url + ": " + e.getReason() + " at character " + e.getIndex());
        }
    }

    /** As Host has it: with the port where it is not the scheme's own. */
    public String host() {
        String host = name.indexOf(':') >= 0 ? "[" + name + "]" : name;
        return port == (tls ? 443 : 80) ? host : host + ":" + port;
    }
}
