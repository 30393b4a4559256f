package io.culprit.triage;

import io.culprit.triage.classify.proxy.LogFormat;
import io.culprit.triage.conf.ConfException;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.NginxConf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The formats of access logs that a configuration of nginx beside them defines. */
public final class ConfiguredFormats {
    private ConfiguredFormats() {}

    /**
     * Each as {@link LogFormat} takes it.
     *
     * @param file a configuration of nginx, with all that it includes
     * @param problems told why it cannot be read, and of formats that are none, with file and line
     */
    public static List<String> of(Path file, List<String> problems) {
        List<String> formats = new ArrayList<>();
        try {
            NginxConf.read(file).root().walk(d -> {
                if (d.name().equals("log_format") && d.args().size() > 1) {
                    format(d, formats, problems);
                }
            });
        } catch (ConfException e) {
            problems.add(e.getMessage());
        } catch (IOException e) {
            problems.add(file + ": " + e.getMessage());
        }
        return formats;
    }

    /** Its parts follow each other. */
    private static void format(Directive d, List<String> formats, List<String> problems) {
        List<String> parts = d.args().subList(1, d.args().size());
        boolean escapes = parts.get(0).startsWith("escape=");
        String text = String.join("", escapes ? parts.subList(1, parts.size()) : parts);
        String format = escapes ? parts.get(0) + " " + text : text;
        try {
            new LogFormat(format);
            formats.add(format);
        } catch (IllegalArgumentException e) {
            problems.add(d.where() + ": " + e.getMessage());
        }
    }
}
