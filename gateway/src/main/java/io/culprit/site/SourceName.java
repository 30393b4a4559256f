package io.culprit.site;

import java.util.regex.Pattern;

/**
 * File names whose content is source code or was a moment ago: {@code .php} and its kin, and the copies that editors
 * and people leave beside them ({@code wp-config.php.bak}, {@code index.php~}, {@code .php.swp}).
 */
final class SourceName {
    private static final Pattern SOURCE = Pattern.compile("(?i).*\\.(php[0-9]?|phtml|phar|phps|pht|inc)"
            + "(~|#|[._-](bak|backup|old|orig|original|save|sav|swp|swo|swn|tmp|temp|txt|copy|dist|disabled|off"
            + "|rej|[0-9]+))?");

    private SourceName() {}

    static boolean matches(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return SOURCE.matcher(name).matches();
    }
}
