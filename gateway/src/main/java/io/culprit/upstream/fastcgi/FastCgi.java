package io.culprit.upstream.fastcgi;

/** Numbers of the FastCGI 1.0 specification, section 8. */
final class FastCgi {
    static final int VERSION = 1;
    static final int HEADER = 8;

    /** Longest content of one record. */
    static final int LONGEST = 65_535;

    static final int BEGIN_REQUEST = 1;
    static final int END_REQUEST = 3;
    static final int PARAMS = 4;
    static final int STDIN = 5;
    static final int STDOUT = 6;
    static final int STDERR = 7;

    static final int RESPONDER = 1;
    static final int KEEP_CONN = 1;

    static final int REQUEST_COMPLETE = 0;
    static final int CANT_MPX_CONN = 1;
    static final int OVERLOADED = 2;
    static final int UNKNOWN_ROLE = 3;

    /** The one request a connection carries at a time: PHP-FPM does not multiplex. */
    static final int REQUEST_ID = 1;

    private static final String[] NAMES = {
        "",
        "BEGIN_REQUEST",
        "ABORT_REQUEST",
        "END_REQUEST",
        "PARAMS",
        "STDIN",
        "STDOUT",
        "STDERR",
        "DATA",
        "GET_VALUES",
        "GET_VALUES_RESULT",
        "UNKNOWN_TYPE"
    };

    private FastCgi() {}

    /** "10 (GET_VALUES_RESULT)", "99". */
    static String typeName(int type) {
        return type > 0 && type < NAMES.length ? type + " (" + NAMES[type] + ")" : Integer.toString(type);
    }
}
