package io.culprit.record;

import io.culprit.config.GatewayConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.UpstreamConfig.Protocol;
import io.culprit.dialect.DialectTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Builds the recorder a configuration asks for. */
public final class Recording {
    private Recording() {}

    /**
     * @throws IOException naming the log that cannot be opened
     */
    public static RingRecorder of(GatewayConfig config, DialectTable dialects) throws IOException {
        List<OutcomeWriter> writers = new ArrayList<>();
        if (!config.accessLog().format().equals("off")) {
            writers.add(new AccessLog(
                    open("access_log", config.accessLog().path()),
                    config.accessLog().format()));
        }
        writers.add(new ErrorLog(
                open("error_log", config.errorLog().path()),
                config.errorLog().format(),
                dialects,
                config.upstreams().values().stream()
                        .filter(u -> u.protocol() == Protocol.FASTCGI)
                        .map(UpstreamConfig::name)
                        .collect(Collectors.toUnmodifiableSet())));
        return new RingRecorder(config.ioThreads(), writers);
    }

    private static LogFile open(String key, String path) throws IOException {
        try {
            return new LogFile(path);
        } catch (IOException e) {
            throw new IOException(key + ": " + path + " cannot be opened: " + e.getMessage(), e);
        }
    }
}
