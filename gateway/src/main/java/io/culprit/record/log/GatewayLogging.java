package io.culprit.record.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;

/**
 * What the gateway says of itself, on standard error. In Java and not in XML, since reading XML would be a fifth of the
 * time to start; a {@code logback.xml} named by {@code -Dlogback.configurationFile} takes its place.
 */
public final class GatewayLogging extends ContextAwareBase implements Configurator {
    /** Libraries that talk of things which are ours to tell. */
    private static final List<String> QUIET = List.of("io.undertow", "org.xnio", "org.xbill");

    /** They tell by stack traces what whoever called them tells in a line. */
    private static final List<String> SILENT =
            List.of("com.zaxxer.hikari", "h2database", "org.postgresql", "org.flywaydb");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy/MM/dd HH:mm:ss} [%level] %logger{0}: %msg%n%ex{full}");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        SILENT.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
