package io.culprit.proof.harness;

/** The payload of a response, chunked or not. */
public final class Dechunk {
    private Dechunk() {}

    /** Length of the payload of a chunked response, without copying it. */
    public static long length(RawResponse response) {
        String text = response.body();
        long total = 0;
        for (int at = 0; ; ) {
            int line = text.indexOf("\r\n", at);
            int size = Integer.parseInt(text.substring(at, line), 16);
            if (size == 0) {
                return total;
            }
            total += size;
            at = line + 2 + size + 2;
        }
    }

    public static String body(RawResponse response) {
        if (!response.header("Transfer-Encoding").equalsIgnoreCase("chunked")) {
            return response.body();
        }
        String rest = response.body();
        var out = new StringBuilder();
        while (true) {
            int line = rest.indexOf("\r\n");
            int size = Integer.parseInt(rest.substring(0, line), 16);
            if (size == 0) {
                return out.toString();
            }
            out.append(rest, line + 2, line + 2 + size);
            rest = rest.substring(line + 2 + size + 2);
        }
    }
}
