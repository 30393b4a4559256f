package io.culprit.triage.classify.text;

/** Lines that look as only lines within a record do: frames, details, what a message's first line announces. */
public final class Tail {
    private static final String[] AFTER_SPACES = {
        "at ",
        "File \"",
        "thrown in ",
        "... ",
        "errno:",
        "code:",
        "syscall:",
        "address:",
        "port:",
        "Caused by:",
        "^",
        "from /",
        "main ",
        "raise ",
        "self.",
        "return "
    };

    private Tail() {}

    /**
     * Whether a line is such a one.
     *
     * @param bare whether nothing is around it, as container runtimes and syslog put it
     */
    public static boolean is(String text, boolean bare) {
        char c = text.isEmpty() ? 0 : text.charAt(0);
        switch (c) {
            case ' ', '\t' -> {
                int i = 0;
                while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
                    i++;
                }
                for (String word : AFTER_SPACES) {
                    if (text.startsWith(word, i)) {
                        return true;
                    }
                }
                return i >= 4;
            }
            case '#' -> {
                return text.length() > 2 && Character.isDigit(text.charAt(1));
            }
            case '[' -> {
                return text.startsWith("[0x");
            }
            case 's' -> {
                return text.startsWith("script_filename = ");
            }
            case 'S' -> {
                return text.startsWith("Stack trace:") || bare && level(text, "SEVERE: ");
            }
            case 'W' -> {
                return bare && level(text, "WARNING: ");
            }
            case 'I' -> {
                return bare && level(text, "INFO: ");
            }
            case '}' -> {
                return text.length() == 1;
            }
            case 'j' -> {
                return bare && (text.startsWith("java.") || text.startsWith("javax."));
            }
            case 'C' -> {
                return text.startsWith("Caused by: ");
            }
            default -> {
                return false;
            }
        }
    }

    /** {@code java.util.logging} writes a message below the line with its time; uvicorn's own levels have more spaces behind them. */
    private static boolean level(String text, String level) {
        return text.startsWith(level) && text.length() > level.length() && text.charAt(level.length()) != ' ';
    }
}
