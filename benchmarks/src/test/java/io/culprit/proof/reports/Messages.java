package io.culprit.proof.reports;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Messages of HTTP/1.1 in a row, told apart by their framing and nothing else. Stateless. */
final class Messages {
    private static final Pattern STATUS = Pattern.compile("\\AHTTP/1\\.[01] (\\d{3})[^\\r\\n]*\\r\\n");
    private static final Pattern METHOD = Pattern.compile("(?:\\A|\\r\\n\\r\\n)([A-Z]{3,7}) ");
    private static final Pattern LENGTH = Pattern.compile("(?i)\\r\\ncontent-length:\\s*(\\d+)");
    private static final Pattern CHUNKED = Pattern.compile("(?i)\\r\\ntransfer-encoding:\\s*chunked");

    private Messages() {}

    /**
     * What came back, one word for each response: {@code 200}, {@code 103}, {@code 200 torn}; 100 is left out.
     *
     * @param request what was sent, for the methods
     * @param ended whether the connection has ended in order
     */
    static String statuses(byte[] response, byte[] request, boolean ended) {
        List<String> methods = new ArrayList<>();
        Matcher method = METHOD.matcher(new String(request, StandardCharsets.ISO_8859_1));
        while (method.find()) {
            methods.add(method.group(1));
        }
        List<String> found = new ArrayList<>();
        String rest = new String(response, StandardCharsets.ISO_8859_1);
        int finals = 0;
        while (!rest.isEmpty()) {
            Matcher line = STATUS.matcher(rest);
            int end = rest.indexOf("\r\n\r\n");
            if (!line.find() || end < 0) {
                found.add("torn-head");
                break;
            }
            String status = line.group(1);
            boolean interim = status.startsWith("1") && !status.equals("101");
            boolean bodiless = interim
                    || status.matches("204|304|101")
                    || finals < methods.size() && methods.get(finals).equals("HEAD");
            int body = bodiless ? 0 : bodyEnd(rest.substring(0, end + 2), rest.substring(end + 4), ended);
            finals += interim ? 0 : 1;
            if (!status.equals("100")) {
                found.add(body < 0 ? status + " torn" : status);
            }
            if (body < 0) {
                break;
            }
            rest = rest.substring(end + 4 + body);
        }
        return String.join(" ", found);
    }

    /** Whether a whole request stands here, so that a server answers it. */
    static boolean wholeRequest(String text, boolean headOnly) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String head = text.substring(0, end + 2);
        boolean framed = LENGTH.matcher(head).find() || CHUNKED.matcher(head).find();
        return headOnly || !framed || bodyEnd(head, text.substring(end + 4), false) >= 0;
    }

    /** How long the body is, -1 when it is not whole. */
    private static int bodyEnd(String head, String rest, boolean ended) {
        if (CHUNKED.matcher(head).find()) {
            return chunksEnd(rest);
        }
        Matcher length = LENGTH.matcher(head);
        if (length.find()) {
            int wanted = Integer.parseInt(length.group(1));
            return wanted <= rest.length() ? wanted : -1;
        }
        return ended ? rest.length() : -1;
    }

    private static int chunksEnd(String rest) {
        int at = 0;
        while (true) {
            int line = rest.indexOf("\r\n", at);
            if (line < 0) {
                return -1;
            }
            int size = Integer.parseInt(rest.substring(at, line).replaceFirst(";.*", ""), 16);
            at = line + 2 + size + (size == 0 ? 0 : 2);
            if (size == 0) {
                return trailersEnd(rest, at);
            }
            if (at > rest.length()) {
                return -1;
            }
        }
    }

    private static int trailersEnd(String rest, int from) {
        int at = from;
        while (true) {
            int line = rest.indexOf("\r\n", at);
            if (line <= at) {
                return line < 0 ? -1 : line + 2;
            }
            at = line + 2;
        }
    }
}
