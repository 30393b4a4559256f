package io.culprit.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The site behind a FastCGI upstream ({@code upstreams.NAME.fastcgi}).
 *
 * @param root document root, absolute, as the FastCGI application sees it; with {@code staticFiles} also as we see it
 * @param index script for directories and for every path that is no file (the front controller)
 * @param staticFiles whether files under root are served by the gateway itself
 * @param extensions endings of scripts, each with its dot; nothing else is ever passed on as a script
 * @param statusPath the application's {@code pm.status_path}, empty for none
 * @param statusListen the application's {@code pm.status_listen}, which answers while the pool is saturated
 * @param statusEvery pause between two looks at the status page, zero: only failures make it look
 * @param terminateTimeout what the pool's {@code request_terminate_timeout} says, zero when unknown; only compared
 *     with our own timers
 * @param maxBody bytes a request body may have, 0: only {@code limits.body} counts
 * @param links which symbolic links are followed to files
 * @param precompressed whether {@code .br} and {@code .gz} siblings of a file are served to clients that take them
 * @param params further parameters, set after our own and so able to replace them
 */
public record FastCgiConfig(
        Path root,
        String index,
        boolean staticFiles,
        List<String> extensions,
        String statusPath,
        Optional<PeerAddress> statusListen,
        Duration statusEvery,
        Duration terminateTimeout,
        long maxBody,
        Links links,
        boolean precompressed,
        Map<String, String> params) {
    /** Which symbolic links are followed. */
    public enum Links {
        /** Those that belong to the owner of what they lead to, as nginx's {@code disable_symlinks if_not_owner}. */
        OWNER,
        /** Those that stay below the document root. */
        WITHIN,
        /** All. */
        FOLLOW;

        /** The word in the configuration. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
