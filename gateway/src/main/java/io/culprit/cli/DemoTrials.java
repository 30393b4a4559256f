package io.culprit.cli;

import java.util.List;

/** The failures the demo offers, each as arguments for curl. Tested as they stand. */
public final class DemoTrials {
    /**
     * @param cause id the failure must be named with
     * @param path path and query on the demo gateway
     * @param options further arguments for curl
     */
    public record Trial(String cause, String path, List<String> options) {
        Trial(String cause, String path) {
            this(cause, path, List.of());
        }

        /** The command a user types. */
        public String command(String base) {
            var out = new StringBuilder("curl -i");
            options.forEach(o -> out.append(' ').append(o.matches("[A-Za-z0-9-]+") ? o : "'" + o + "'"));
            return out.append(" '").append(base).append(path).append('\'').toString();
        }
    }

    /** All trials, in the order of the phases. */
    public static final List<Trial> ALL = List.of(
            new Trial("client.not-allowed", "/", List.of("-X", "TRACE")),
            new Trial(
                    "client.bad-request", "/", List.of("-H", "Content-Length: 1", "-H", "Transfer-Encoding: chunked")),
            new Trial("client.body-too-big", "/", List.of("-H", "Content-Length: 99999999999")),
            new Trial("route.none", "/", List.of("-X", "PURGE")),
            new Trial("peers.none-live", "/down"),
            new Trial("deadline.exceeded", "/deadline?delay=5s"),
            new Trial("connect.refused", "/refused"),
            new Trial("connect.socket-missing", "/socket"),
            new Trial("head.closed", "/?fault=close"),
            new Trial("head.reset", "/?fault=reset"),
            new Trial("head.truncated", "/?fault=close&at=head"),
            new Trial("head.timeout", "/?fault=stall"),
            new Trial("head.not-http", "/?fault=garbage"),
            new Trial("head.bad-status", "/?fault=status-1000"),
            new Trial("head.bad-version", "/?fault=version-2"),
            new Trial("head.bad-header", "/?fault=header-space-colon"),
            new Trial("head.too-big", "/?fault=big-head"),
            new Trial("head.too-many", "/?fault=big-head&count=300"),
            new Trial("head.bad-length", "/?fault=length-differ"),
            new Trial("head.conflicting-framing", "/?fault=length-and-chunked"),
            new Trial("head.bad-transfer-coding", "/?fault=coding-unknown"),
            new Trial("head.too-many-interim", "/?fault=interim&count=60"),
            new Trial("head.unrequested-upgrade", "/?fault=switch-protocols"),
            new Trial("body.truncated", "/held/?fault=close&at=body"),
            new Trial("body.reset", "/held/?fault=reset&at=body"),
            new Trial("body.timeout", "/held/?fault=stall&at=body"),
            new Trial("body.bad-chunk", "/held/?fault=chunk-bad-size"),
            new Trial("body.bad-trailer", "/held/?fault=trailer-bad"),
            new Trial("body.excess", "/?fault=excess"),
            new Trial("origin.error", "/?status=503"));

    private DemoTrials() {}
}
