package io.culprit.site;

import java.util.regex.Pattern;

/**
 * File names whose content is source code or was a moment ago: {@code .php} and its kin, and whatever editors and people
 * leave beside them ({@code wp-config.php.bak}, {@code index.php~}, {@code config.php.2026-11-24.zip}).
 */
final class SourceName {
    private static final Pattern SOURCE =
            Pattern.compile("(?i).*\\.(php[0-9]?|phtml|phar|phps|pht|inc)([^a-z0-9].*)?", Pattern.DOTALL);

    private SourceName() {}

    static boolean matches(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return SOURCE.matcher(name).matches();
    }
}
