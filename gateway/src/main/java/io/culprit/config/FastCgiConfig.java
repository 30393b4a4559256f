package io.culprit.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
        Map<String, String> params) {}
