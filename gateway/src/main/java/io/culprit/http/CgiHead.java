package io.culprit.http;

import io.culprit.failure.Cause;

/**
 * The head of a CGI response, which is also FastCGI's: header lines only, the status in a field of its own (RFC 3875
 * section 6). Without Status it is 200, or 302 where there is a Location; that is nginx's reading of "client redirect".
 */
public final class CgiHead extends ResponseHead {
    private static final int OK = 200;
    private static final int FOUND = 302;

    /**
     * @param maxBytes limit of the whole head in bytes ({@code head_limit})
     * @param maxHeaders limit of header lines
     */
    public CgiHead(int maxBytes, int maxHeaders) {
        super(maxBytes, maxHeaders);
        reset();
    }

    @Override
    protected boolean hasStartLine() {
        return false;
    }

    @Override
    protected void checkStart(int start, int end) {
        // there is no start line
    }

    @Override
    protected boolean startLine(int start, int end) {
        throw new IllegalStateException("a CGI head has no start line");
    }

    @Override
    protected void header(HeaderName name, int index) throws MessageException {
        if (name == HeaderName.STATUS) {
            status(index);
        } else {
            super.header(name, index);
        }
    }

    private void status(int index) throws MessageException {
        int start = headers.valueStart(index);
        int end = headers.valueEnd(index);
        int stop = start;
        while (stop < end && bytes[stop] != ' ') {
            stop++;
        }
        long code = stop - start == 3 ? Grammar.parseLength(bytes, start, stop) : -1;
        if (code == 101) {
            throw bad(Cause.HEAD_UNREQUESTED_UPGRADE, "Status 101 although no upgrade was requested", index);
        }
        if (code < 200) {
            throw bad(
                    Cause.FASTCGI_BAD_HEAD,
                    "Status \"%s\", three digits from 200 to 999 were expected,"
                            .formatted(Sample.printable(bytes, start, stop)),
                    index);
        }
        if (status() != 0 && status() != code) {
            throw bad(
                    Cause.FASTCGI_BAD_HEAD,
                    "a second Status that differs, %d and %d,".formatted(status(), code),
                    index);
        }
        answered((int) code, Math.min(stop + 1, end), end);
    }

    @Override
    protected void finish() {
        if (status() == 0) {
            answered(headers.has(HeaderName.LOCATION) ? FOUND : OK, 0, 0);
        }
    }

    @Override
    protected Cause badHeader(int start, int end) {
        return Cause.FASTCGI_BAD_HEAD;
    }

    @Override
    protected String known(int start, int end) {
        boolean statusLine =
                headers.count() == 0 && end - start > 5 && Grammar.equalsIgnoreCase(bytes, start, start + 5, "http/");
        if (statusLine) {
            return "a status line of HTTP where a CGI script's header lines are due";
        }
        return headers.count() == 0 && bytes[start] == '<' ? "output of the page before any header line" : "";
    }

    @Override
    public boolean hides(HeaderName name) {
        return name == HeaderName.STATUS;
    }
}
