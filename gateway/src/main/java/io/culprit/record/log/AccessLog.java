package io.culprit.record.log;

import io.culprit.config.record.AccessLogConfig;
import io.culprit.config.record.AccessLogConfig.Format;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Outcome;
import java.util.Optional;

/** One line per request, in the configured format. */
public final class AccessLog extends OutcomeLog {
    private final LineFormat format;

    private AccessLog(LogFile file, LineFormat format) {
        super(file);
        this.format = format;
    }

    /** Empty when it is switched off. */
    static Optional<LineFormat> format(AccessLogConfig config, DialectTable dialects) {
        return switch (config.format()) {
            case JSON -> Optional.of(new JsonLine());
            case COMBINED -> Optional.of(new CombinedLine());
            case NGINX_UPSTREAM -> Optional.of(new NginxUpstreamLine());
            case HAPROXY -> Optional.of(new HaproxyLine(dialects));
            case ENVOY -> Optional.of(new EnvoyLine(dialects));
            case CUSTOM -> Optional.of(new TemplateLine(config.template()));
            case OFF -> Optional.empty();
        };
    }

    /** A log that writes to this file; its format is not {@link Format#OFF}. */
    public static AccessLog of(LogFile file, AccessLogConfig config, DialectTable dialects) {
        return new AccessLog(file, format(config, dialects).orElseThrow());
    }

    @Override
    public void write(Outcome outcome) {
        line.clear();
        format.append(outcome, line);
        end();
    }
}
