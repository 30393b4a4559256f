package io.culprit.record;

import io.culprit.config.GatewayConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.UpstreamConfig.Protocol;
import io.culprit.config.record.AccessLogConfig.Format;
import io.culprit.dialect.DialectTable;
import io.culprit.record.count.Counters;
import io.culprit.record.log.AccessLog;
import io.culprit.record.log.ErrorLog;
import io.culprit.record.log.LogFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Builds the recorder a configuration asks for. */
final class Recording {
    private Recording() {}

    /**
     * @param others who writes beside the logs
     * @throws IOException naming the log that cannot be opened
     */
    static RingRecorder of(
            GatewayConfig config, DialectTable dialects, Counters counters, List<? extends OutcomeWriter> others)
            throws IOException {
        return new RingRecorder(config.ioThreads(), counters, others, logs(config, dialects));
    }

    /**
     * The logs of a configuration, opened.
     *
     * @throws IOException naming the log that cannot be opened; none is open then
     */
    static List<OutcomeWriter> logs(GatewayConfig config, DialectTable dialects) throws IOException {
        List<OutcomeWriter> writers = new ArrayList<>();
        if (config.accessLog().format() != Format.OFF) {
            writers.add(
                    AccessLog.of(LogFile.open("access_log", config.accessLog().path()), config.accessLog(), dialects));
        }
        LogFile errors;
        try {
            errors = LogFile.open("error_log", config.errorLog().path());
        } catch (IOException e) {
            writers.forEach(OutcomeWriter::close);
            throw e;
        }
        writers.add(new ErrorLog(
                errors,
                config.errorLog().level(),
                dialects,
                config.upstreams().values().stream()
                        .collect(Collectors.toUnmodifiableMap(UpstreamConfig::name, Recording::scheme))));
        return writers;
    }

    /** What nginx writes before an upstream's address. */
    private static String scheme(UpstreamConfig upstream) {
        if (upstream.protocol() == Protocol.FASTCGI) {
            return "fastcgi";
        }
        return upstream.tls().isPresent() ? "https" : "http";
    }
}
