package io.culprit.server;

import io.culprit.config.FastCgiConfig;
import io.culprit.site.Resolution;
import io.culprit.site.Site;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.server.handlers.resource.ResourceHandler;
import io.undertow.util.ETag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** A PHP site: what its paths stand for, and Undertow's handler for the files among them. Thread-safe. */
final class SiteServer {
    /** From this size on files go out by sendfile; smaller ones are cheaper to copy. */
    private static final long SENDFILE_BYTES = 64 << 10;

    private final FastCgiConfig config;
    private final Site site;
    private final Optional<ResourceHandler> files;

    /**
     * @throws IOException when the document root cannot be read
     */
    SiteServer(FastCgiConfig config) throws IOException {
        this.config = config;
        this.site = new Site(config);
        this.files = config.staticFiles() ? Optional.of(files(config)) : Optional.empty();
    }

    private static ResourceHandler files(FastCgiConfig config) throws IOException {
        return new ResourceHandler(PathResourceManager.builder()
                .setBase(Site.realRoot(config))
                .setTransferMinSize(SENDFILE_BYTES)
                .setCaseSensitive(false) // the file system decides; the site has found the real path already
                .setAllowResourceChangeListeners(false)
                .setETagFunction(SiteServer::etag)
                .build());
    }

    FastCgiConfig config() {
        return config;
    }

    /** Only asked for a file that the site has found. */
    ResourceHandler files() {
        return files.orElseThrow();
    }

    /**
     * Entity tag of a file as it stands in headers; empty when the file has vanished.
     *
     * @param path below the root
     */
    Optional<String> etag(String path) {
        return Optional.ofNullable(etag(config.root().resolve(path))).map(ETag::toString);
    }

    Resolution resolve(String path) {
        return site.resolve(path);
    }

    /** nginx's: modification time in seconds and size, both in hexadecimal. */
    private static ETag etag(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new ETag(
                    false,
                    Long.toHexString(attributes.lastModifiedTime().toMillis() / 1000) + "-"
                            + Long.toHexString(attributes.size()));
        } catch (IOException e) {
            return null; // it vanished; whoever opens it next says so
        }
    }
}
