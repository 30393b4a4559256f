package io.culprit.compress;

import java.util.Locale;

/** What a client says of content codings (RFC 9110 section 12.5.3). Stateless. */
public final class AcceptEncoding {
    private AcceptEncoding() {}

    /**
     * Whether gzip is welcome: named, or covered by {@code *}, with a weight above zero. A client that says nothing gets
     * content as it is.
     *
     * @param value of the field, possibly of several joined by commas
     */
    public static boolean gzip(String value) {
        boolean star = false;
        for (String each : value.toLowerCase(Locale.ROOT).split(",", -1)) {
            int semicolon = each.indexOf(';');
            String coding = (semicolon < 0 ? each : each.substring(0, semicolon)).strip();
            boolean welcome = semicolon < 0 || weighs(each.substring(semicolon + 1));
            if (coding.equals("gzip") || coding.equals("x-gzip")) {
                return welcome;
            }
            star |= coding.equals("*") && welcome;
        }
        return star;
    }

    /** Whether a weight is more than zero; one that is no weight does not count as a wish. */
    private static boolean weighs(String parameter) {
        String text = parameter.strip();
        if (!text.startsWith("q=")) {
            return false;
        }
        String weight = text.substring(2).strip();
        return weight.matches("1(\\.0{0,3})?|0\\.[0-9]{1,3}") && !weight.matches("0\\.0*");
    }
}
