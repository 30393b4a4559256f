package io.culprit.cli;

import java.io.Console;

/** Whether a person looks at what is printed. */
public final class Terminal {
    private static final boolean THERE = look(System.console());

    private Terminal() {}

    /** Whether input and output are a terminal: colours and progress bars are for it, not for a file or a pipe. */
    public static boolean isThere() {
        return THERE;
    }

    /** Since JDK 22 there is a console without a terminal, too, which says so by a method that older ones do not have. */
    private static boolean look(@org.jspecify.annotations.Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
