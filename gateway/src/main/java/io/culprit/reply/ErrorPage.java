package io.culprit.reply;

/** An operator's own page, filled in. Stateless. */
final class ErrorPage {
    private ErrorPage() {}

    /**
     * The page with its variables replaced by what is to be shown, in HTML's escapes; other dollar signs stay as they are.
     *
     * @param cause empty where clients are told no cause
     */
    static String filled(String template, int status, String cause, String requestId) {
        StringBuilder out = new StringBuilder(template.length() + 64);
        int at = 0;
        while (at < template.length()) {
            int dollar = template.indexOf('$', at);
            if (dollar < 0) {
                break;
            }
            out.append(template, at, dollar);
            int end = dollar + 1;
            while (end < template.length() && isName(template.charAt(end))) {
                end++;
            }
            String variable = template.substring(dollar + 1, end);
            out.append(
                    switch (variable) {
                        case "status" -> Integer.toString(status);
                        case "reason" -> FailureReply.escape(StatusText.of(status));
                        case "cause" -> FailureReply.escape(cause);
                        case "request_id" -> FailureReply.escape(requestId);
                        default -> template.substring(dollar, end);
                    });
            at = end;
        }
        return out.append(template, at, template.length()).toString();
    }

    private static boolean isName(char c) {
        return c >= 'a' && c <= 'z' || c == '_';
    }
}
