package io.culprit.site;

import java.util.List;
import java.util.Locale;

/**
 * File names whose content is source code or was a moment ago: a script's extension in any part of the name, with whatever
 * editors and people append to it ({@code wp-config.php.bak}, {@code index.php~}, {@code x.phpbak}, {@code x.php7old}).
 */
final class SourceName {
    private static final List<String> EXTENSIONS = List.of(".php", ".phtml", ".phar", ".phps", ".pht");

    /** So short that words begin with it, such as in {@code jquery.include.js}: only as a whole part, or numbered. */
    private static final String INCLUDE = ".inc";

    private SourceName() {}

    /**
     * @param path whose last segment is judged
     * @param scripts further extensions of scripts, each with its dot
     */
    static boolean matches(String path, List<String> scripts) {
        String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        for (String extension : EXTENSIONS) {
            if (name.contains(extension)) {
                return true;
            }
        }
        for (String extension : scripts) {
            if (name.contains(extension.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        int at = name.indexOf(INCLUDE);
        while (at >= 0) {
            int end = at + INCLUDE.length();
            if (end == name.length() || !(name.charAt(end) >= 'a' && name.charAt(end) <= 'z')) {
                return true;
            }
            at = name.indexOf(INCLUDE, end);
        }
        return false;
    }
}
