package io.culprit.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS towards an upstream's servers.
 *
 * @param verify whether their certificates must be good
 * @param ca authorities that sign them, empty for those the host trusts
 * @param name that certificates must be for and that is sent as SNI, empty for each server's own host name
 * @param certificate our own, for servers that demand one
 * @param minVersion the oldest version spoken, {@code 1.2} or {@code 1.3}
 */
public record UpstreamTls(
        boolean verify,
        Optional<Path> ca,
        Optional<String> name,
        Optional<TlsConfig.Certificate> certificate,
        String minVersion) {}
