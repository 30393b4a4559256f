package io.culprit.failure;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Every way a request can fail that the gateway tells apart. The id is stable: logs, metrics, the journal and
 * {@code Proxy-Status} carry it. A new cause needs a row for every dialect in {@code dialects.tsv}; the build fails
 * without it.
 */
public enum Cause {
    ROUTE_NONE(
            "route.none",
            Phase.ADMIT,
            Blame.GATEWAY,
            "destination_not_found",
            RetryClass.NONE,
            true,
            "No route matches the request",
            "Add a route for this host and path, or correct the URL"),
    POOL_FULL(
            "pool.full",
            Phase.ADMIT,
            Blame.GATEWAY,
            "connection_limit_reached",
            RetryClass.NOLIVE,
            true,
            "All connections the upstream may have are in use and there is no queue",
            "Raise max_connections, allow a queue, or make the upstream faster"),
    QUEUE_FULL(
            "queue.full",
            Phase.ADMIT,
            Blame.GATEWAY,
            "connection_limit_reached",
            RetryClass.NOLIVE,
            true,
            "All connections are in use and the queue is full",
            "Raise max_connections or queue.size, or shed load earlier"),
    QUEUE_TIMEOUT(
            "queue.timeout",
            Phase.ADMIT,
            Blame.GATEWAY,
            "connection_limit_reached",
            RetryClass.NOLIVE,
            true,
            "The request waited for a free connection until queue.timeout",
            "Raise max_connections, or queue.timeout if clients are willing to wait"),
    BREAKER_OPEN(
            "breaker.open",
            Phase.ADMIT,
            Blame.UPSTREAM,
            "destination_unavailable",
            RetryClass.NOLIVE,
            true,
            "The circuit breaker is open because too many recent calls failed",
            "Mend the upstream; the breaker lets probes through by itself"),
    PEERS_NONE_LIVE(
            "peers.none-live",
            Phase.ADMIT,
            Blame.UPSTREAM,
            "destination_unavailable",
            RetryClass.NOLIVE,
            true,
            "Every server of the upstream is ejected or down",
            "Look at the failures that ejected them, named in the detail"),
    GATEWAY_FD_LIMIT(
            "gateway.fd-limit",
            Phase.CONNECT,
            Blame.GATEWAY,
            "proxy_internal_error",
            RetryClass.NONE,
            true,
            "The gateway ran out of file descriptors",
            "Raise LimitNOFILE (ulimit -n) of the gateway"),
    GATEWAY_NO_LOCAL_PORT(
            "gateway.no-local-port",
            Phase.CONNECT,
            Blame.GATEWAY,
            "proxy_internal_error",
            RetryClass.ERROR,
            true,
            "No local port is free towards this peer",
            "Enable keepalive, widen net.ipv4.ip_local_port_range, or add peers"),
    GATEWAY_TEMP_DISK_FULL(
            "gateway.temp-disk-full",
            Phase.ADMIT,
            Blame.GATEWAY,
            "proxy_internal_error",
            RetryClass.NONE,
            true,
            "A temporary file could not be written",
            "Free space where buffering.directory lies, or lower buffering.disk"),
    GATEWAY_MEMORY(
            "gateway.memory",
            Phase.ADMIT,
            Blame.GATEWAY,
            "proxy_internal_error",
            RetryClass.NONE,
            true,
            "The memory that may be held for clients is used up",
            "Raise -Xmx and -XX:MaxDirectMemorySize, shorten limits.head_timeout and body_timeout, or look who holds it"),
    GATEWAY_CONNECTIONS(
            "gateway.connections",
            Phase.ADMIT,
            Blame.GATEWAY,
            "connection_limit_reached",
            RetryClass.NONE,
            true,
            "All connections that clients may have are in use",
            "Raise limits.connections and LimitNOFILE (ulimit -n), or shorten limits.idle"),
    GATEWAY_STOPPING(
            "gateway.stopping",
            Phase.ADMIT,
            Blame.GATEWAY,
            "proxy_internal_error",
            RetryClass.NONE,
            false,
            "The gateway was stopped while the request ran",
            "Take the gateway out of the load balancer before it is stopped"),
    GATEWAY_INTERNAL(
            "gateway.internal",
            Phase.ADMIT,
            Blame.GATEWAY,
            "proxy_internal_error",
            RetryClass.NONE,
            false,
            "The gateway itself failed; this is a bug",
            "Report it with the error log's lines for this request id"),
    DEADLINE_EXCEEDED(
            "deadline.exceeded",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_response_timeout",
            RetryClass.TIMEOUT,
            false,
            "The whole request took longer than timeouts.total",
            "Raise timeouts.total or make the upstream faster"),
    DNS_NOT_FOUND(
            "dns.not-found",
            Phase.RESOLVE,
            Blame.NETWORK,
            "dns_error",
            RetryClass.NONE,
            true,
            "The upstream's name does not exist",
            "Correct the name in servers, or create the DNS record"),
    DNS_FAILED(
            "dns.failed",
            Phase.RESOLVE,
            Blame.NETWORK,
            "dns_error",
            RetryClass.NONE,
            true,
            "The name server answered with an error",
            "Look at the name server's log; the rcode is in the detail"),
    DNS_TIMEOUT(
            "dns.timeout",
            Phase.RESOLVE,
            Blame.NETWORK,
            "dns_timeout",
            RetryClass.NONE,
            true,
            "No name server answered in time",
            "Check resolver.addresses and the path to the name servers"),
    CONNECT_REFUSED(
            "connect.refused",
            Phase.CONNECT,
            Blame.UPSTREAM,
            "connection_refused",
            RetryClass.ERROR,
            true,
            "Nothing listens on the peer's address",
            "Start the upstream, or correct address and port"),
    CONNECT_TIMEOUT(
            "connect.timeout",
            Phase.CONNECT,
            Blame.NETWORK,
            "connection_timeout",
            RetryClass.TIMEOUT,
            true,
            "No answer to the connection attempt within timeouts.connect",
            "Check firewall and route; on a loaded peer, its accept queue is full"),
    CONNECT_KERNEL_TIMEOUT(
            "connect.kernel-timeout",
            Phase.CONNECT,
            Blame.NETWORK,
            "connection_timeout",
            RetryClass.ERROR,
            true,
            "The kernel gave up connecting before the gateway's own timer",
            "Check firewall and route to the peer"),
    CONNECT_UNREACHABLE(
            "connect.unreachable",
            Phase.CONNECT,
            Blame.NETWORK,
            "destination_ip_unroutable",
            RetryClass.ERROR,
            true,
            "There is no route to the peer, or a router said so",
            "Check the route and the peer's interface"),
    CONNECT_DENIED(
            "connect.denied",
            Phase.CONNECT,
            Blame.NETWORK,
            "connection_refused",
            RetryClass.ERROR,
            true,
            "A local or remote rule forbids the connection",
            "Check firewall rules and security modules"),
    CONNECT_SOCKET_MISSING(
            "connect.socket-missing",
            Phase.CONNECT,
            Blame.UPSTREAM,
            "destination_unavailable",
            RetryClass.ERROR,
            true,
            "The unix socket's file does not exist",
            "Start the upstream, or correct the socket's path"),
    CONNECT_SOCKET_DENIED(
            "connect.socket-denied",
            Phase.CONNECT,
            Blame.UPSTREAM,
            "proxy_configuration_error",
            RetryClass.ERROR,
            true,
            "The unix socket's permissions keep the gateway out",
            "Set listen.owner, listen.group and listen.mode so that the gateway may write"),
    CONNECT_BACKLOG_FULL(
            "connect.backlog-full",
            Phase.CONNECT,
            Blame.UPSTREAM,
            "connection_limit_reached",
            RetryClass.ERROR,
            true,
            "The upstream's accept queue is full",
            "Raise pm.max_children or listen.backlog, or shorten requests"),
    TLS_TIMEOUT(
            "tls.timeout",
            Phase.TLS,
            Blame.UPSTREAM,
            "connection_timeout",
            RetryClass.TIMEOUT,
            true,
            "The TLS handshake did not finish within timeouts.connect",
            "Check that the peer speaks TLS on this port and is not overloaded"),
    TLS_NOT_TLS(
            "tls.not-tls",
            Phase.TLS,
            Blame.UPSTREAM,
            "tls_protocol_error",
            RetryClass.ERROR,
            true,
            "The peer does not speak TLS",
            "Use protocol http, or the peer's TLS port"),
    TLS_ALERT(
            "tls.alert",
            Phase.TLS,
            Blame.UPSTREAM,
            "tls_alert_received",
            RetryClass.ERROR,
            true,
            "The peer ended the handshake with an alert",
            "Compare TLS versions, ciphers and client certificates"),
    TLS_CLOSED(
            "tls.closed",
            Phase.TLS,
            Blame.UPSTREAM,
            "tls_protocol_error",
            RetryClass.ERROR,
            true,
            "The peer closed the connection during the handshake",
            "Look at the peer's TLS log"),
    TLS_UNTRUSTED(
            "tls.untrusted",
            Phase.TLS,
            Blame.UPSTREAM,
            "tls_certificate_error",
            RetryClass.ERROR,
            true,
            "The peer's certificate is not signed by a trusted authority",
            "Set tls.ca to the authority that signed it"),
    TLS_EXPIRED(
            "tls.expired",
            Phase.TLS,
            Blame.UPSTREAM,
            "tls_certificate_error",
            RetryClass.ERROR,
            true,
            "The peer's certificate is outside its validity",
            "Renew the certificate; check both clocks"),
    TLS_NAME_MISMATCH(
            "tls.name-mismatch",
            Phase.TLS,
            Blame.UPSTREAM,
            "tls_certificate_error",
            RetryClass.ERROR,
            true,
            "The peer's certificate is for another name",
            "Set tls.name, or reissue the certificate"),
    SEND_RESET(
            "send.reset",
            Phase.SEND,
            Blame.UPSTREAM,
            "connection_terminated",
            RetryClass.ERROR,
            false,
            "The upstream reset the connection while the request was being sent",
            "Look for a crash or a body limit at the upstream"),
    SEND_BROKEN_PIPE(
            "send.broken-pipe",
            Phase.SEND,
            Blame.UPSTREAM,
            "connection_terminated",
            RetryClass.ERROR,
            false,
            "The upstream had closed the connection while the request was being sent",
            "Look for a body limit or an early exit at the upstream"),
    SEND_TIMEOUT(
            "send.timeout",
            Phase.SEND,
            Blame.UPSTREAM,
            "connection_write_timeout",
            RetryClass.TIMEOUT,
            false,
            "The upstream took no more bytes for timeouts.send",
            "The upstream reads too slowly or hangs; look at its workers"),
    HEAD_CLOSED(
            "head.closed",
            Phase.HEAD,
            Blame.UPSTREAM,
            "connection_terminated",
            RetryClass.ERROR,
            false,
            "The upstream closed the connection before any byte of a response",
            "Look for a crash, a worker limit or a wrong protocol at the upstream"),
    HEAD_CLOSED_ON_REUSE(
            "head.closed-on-reuse",
            Phase.HEAD,
            Blame.UPSTREAM,
            "connection_terminated",
            RetryClass.ERROR,
            false,
            "A kept connection turned out to be closed by the upstream",
            "Set keepalive.idle below the upstream's own keep-alive timeout"),
    HEAD_RESET(
            "head.reset",
            Phase.HEAD,
            Blame.UPSTREAM,
            "connection_terminated",
            RetryClass.ERROR,
            false,
            "The upstream reset the connection before a response head",
            "Look for a crashed or killed worker at the upstream"),
    HEAD_KERNEL_TIMEOUT(
            "head.kernel-timeout",
            Phase.HEAD,
            Blame.NETWORK,
            "connection_terminated",
            RetryClass.ERROR,
            false,
            "The kernel gave up on the connection: the peer vanished",
            "Check the peer's machine and the network"),
    HEAD_TRUNCATED(
            "head.truncated",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_response_incomplete",
            RetryClass.ERROR,
            false,
            "The upstream closed the connection in the middle of the response head",
            "Look for a crash while the response was being written"),
    HEAD_TIMEOUT(
            "head.timeout",
            Phase.HEAD,
            Blame.UPSTREAM,
            "connection_read_timeout",
            RetryClass.TIMEOUT,
            false,
            "The upstream sent no complete response head within timeouts.head",
            "Find out what the upstream was doing; raise timeouts.read only if that is legitimate"),
    HEAD_NOT_HTTP(
            "head.not-http",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The upstream's answer is not HTTP",
            "Check protocol and port of the server"),
    HEAD_BAD_STATUS(
            "head.bad-status",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The status is not three digits from 100 to 999",
            "Answer with HTTP/1.1 and a status from 100 to 999; let the framework write the status line"),
    HEAD_BAD_VERSION(
            "head.bad-version",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The upstream answered with an HTTP version that cannot be spoken here",
            "Serve HTTP/1.1 on this port; HTTP/2 without TLS needs a port of its own"),
    HEAD_BAD_HEADER(
            "head.bad-header",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "A header line of the upstream's response is malformed",
            "Clean what goes into this header, quoted in the evidence: no line breaks, no NUL, no space before the colon"),
    HEAD_TOO_BIG(
            "head.too-big",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_response_header_section_size",
            RetryClass.INVALID_HEADER,
            false,
            "The response head is larger than head_limit",
            "Shrink the named header (often cookies), or raise head_limit"),
    HEAD_TOO_MANY(
            "head.too-many",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_response_header_section_size",
            RetryClass.INVALID_HEADER,
            false,
            "The response has more headers than allowed",
            "Find what adds headers in a loop, or raise header_limit"),
    HEAD_BAD_LENGTH(
            "head.bad-length",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "Content-Length is not a number, or there are several that differ",
            "Let the server count: set Content-Length in one place only, as a plain number (RFC 9112 section 6.3)"),
    HEAD_CONFLICTING_FRAMING(
            "head.conflicting-framing",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The response has both Content-Length and Transfer-Encoding",
            "Let the server frame the response: do not set Content-Length by hand on one that is sent in chunks"),
    HEAD_BAD_TRANSFER_CODING(
            "head.bad-transfer-coding",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_response_transfer_coding",
            RetryClass.INVALID_HEADER,
            false,
            "The response's Transfer-Encoding is not plain chunked",
            "Let the server frame the response: copy no Transfer-Encoding from another response, and set none by hand"),
    HEAD_TOO_MANY_INTERIM(
            "head.too-many-interim",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The upstream sent too many interim (1xx) responses",
            "Send each interim response once, and none in a loop"),
    HEAD_UNREQUESTED_UPGRADE(
            "head.unrequested-upgrade",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_upgrade_failed",
            RetryClass.INVALID_HEADER,
            false,
            "The upstream switched protocols although nobody asked",
            "Answer 101 only to a request with Upgrade"),
    BODY_TRUNCATED(
            "body.truncated",
            Phase.BODY,
            Blame.UPSTREAM,
            "http_response_incomplete",
            RetryClass.NONE,
            false,
            "The upstream closed the connection before the body was complete",
            "Look for a crash or a timeout inside the upstream"),
    BODY_RESET(
            "body.reset",
            Phase.BODY,
            Blame.UPSTREAM,
            "connection_terminated",
            RetryClass.NONE,
            false,
            "The upstream reset the connection in the middle of the body",
            "Look for a crashed or killed worker at the upstream"),
    BODY_TIMEOUT(
            "body.timeout",
            Phase.BODY,
            Blame.UPSTREAM,
            "connection_read_timeout",
            RetryClass.NONE,
            false,
            "The upstream stopped sending in the middle of the body",
            "Find out what the upstream waited for"),
    BODY_BAD_CHUNK(
            "body.bad-chunk",
            Phase.BODY,
            Blame.UPSTREAM,
            "http_response_transfer_coding",
            RetryClass.NONE,
            false,
            "The chunked framing of the body is malformed",
            "Mend the upstream's chunked encoding"),
    BODY_BAD_TRAILER(
            "body.bad-trailer",
            Phase.BODY,
            Blame.UPSTREAM,
            "http_response_trailer_section_size",
            RetryClass.NONE,
            false,
            "The trailer section is malformed or too large",
            "Mend the upstream's trailers"),
    BODY_EXCESS(
            "body.excess",
            Phase.BODY,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.NONE,
            false,
            "The upstream sent more bytes than it announced (a warning: the response was delivered)",
            "Mend Content-Length at the upstream"),
    FASTCGI_BAD_VERSION(
            "fastcgi.bad-version",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "A FastCGI record has an unknown protocol version",
            "Check that the peer speaks FastCGI, not HTTP"),
    FASTCGI_BAD_RECORD(
            "fastcgi.bad-record",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "A FastCGI record has an unknown type or a bad length",
            "Check the FastCGI application"),
    FASTCGI_BAD_ID(
            "fastcgi.bad-id",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "A FastCGI record carries another request's id",
            "Check the FastCGI application"),
    FASTCGI_OVERLOADED(
            "fastcgi.overloaded",
            Phase.HEAD,
            Blame.UPSTREAM,
            "connection_limit_reached",
            RetryClass.INVALID_HEADER,
            false,
            "The FastCGI application says it is overloaded",
            "Add workers, or send less"),
    FASTCGI_CANT_MULTIPLEX(
            "fastcgi.cant-multiplex",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The FastCGI application cannot multiplex",
            "Lower keep-alive to one request per connection"),
    FASTCGI_UNKNOWN_ROLE(
            "fastcgi.unknown-role",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The FastCGI application does not know the responder role",
            "Check what listens on this address"),
    FASTCGI_NO_HEAD(
            "fastcgi.no-head",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_response_incomplete",
            RetryClass.INVALID_HEADER,
            false,
            "The script ended without a response head",
            "Look at the script's stderr in the evidence"),
    FASTCGI_BAD_HEAD(
            "fastcgi.bad-head",
            Phase.HEAD,
            Blame.UPSTREAM,
            "http_protocol_error",
            RetryClass.INVALID_HEADER,
            false,
            "The script's Status or a header line is malformed",
            "Write header lines first (Name: value), the status as Status: 404, then an empty line; PHP's header() does so"),
    FASTCGI_TRUNCATED(
            "fastcgi.truncated",
            Phase.BODY,
            Blame.UPSTREAM,
            "http_response_incomplete",
            RetryClass.NONE,
            false,
            "The connection ended without END_REQUEST",
            "Look for a crashed or killed worker"),
    FASTCGI_RECORD_TOO_BIG(
            "fastcgi.record-too-big",
            Phase.SEND,
            Blame.GATEWAY,
            "proxy_internal_error",
            RetryClass.NONE,
            true,
            "The request's parameters do not fit FastCGI records",
            "Shorten the request's headers"),
    CLIENT_CLOSED(
            "client.closed",
            Phase.ADMIT,
            Blame.CLIENT,
            "",
            RetryClass.NONE,
            false,
            "The client closed the connection before it had its answer",
            "Compare the client's timeout with the duration of the request"),
    CLIENT_TIMEOUT(
            "client.timeout",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_error",
            RetryClass.NONE,
            true,
            "The client sent its request too slowly",
            "None on this side; raise limits.head_timeout or body_timeout for slow links"),
    CLIENT_BAD_REQUEST(
            "client.bad-request",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_error",
            RetryClass.NONE,
            true,
            "The request breaks HTTP's grammar or framing",
            "Mend the client; the offending bytes are in the detail"),
    CLIENT_HEAD_TOO_BIG(
            "client.head-too-big",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_error",
            RetryClass.NONE,
            true,
            "The request's header section is too large",
            "Shrink cookies and headers, or raise limits.head and limits.headers"),
    CLIENT_URI_TOO_LONG(
            "client.uri-too-long",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_error",
            RetryClass.NONE,
            true,
            "The request target is too long",
            "Shorten the URL, or raise limits.uri"),
    CLIENT_BODY_TOO_BIG(
            "client.body-too-big",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_error",
            RetryClass.NONE,
            true,
            "The request's body is larger than allowed",
            "Send less, or raise limits.body"),
    CLIENT_NOT_ALLOWED(
            "client.not-allowed",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_denied",
            RetryClass.NONE,
            true,
            "The method is refused by the gateway",
            "Use another method"),
    STATIC_DENIED(
            "static.denied",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_denied",
            RetryClass.NONE,
            true,
            "The path is not for clients: hidden, source code, outside the document root or without an index",
            "If it should be public, move it or give it another name"),
    CLIENT_HOST_MISMATCH(
            "client.host-mismatch",
            Phase.ADMIT,
            Blame.CLIENT,
            "http_request_error",
            RetryClass.NONE,
            true,
            "The request names two different hosts",
            "Mend the client"),
    ORIGIN_ERROR(
            "origin.error",
            Phase.HEAD,
            Blame.UPSTREAM,
            "",
            RetryClass.NONE,
            false,
            "The upstream itself answered with a 5xx",
            "Look at the upstream's own log for this request id");

    private static final Map<String, Cause> BY_ID = new HashMap<>();

    static {
        for (Cause cause : values()) {
            BY_ID.put(cause.id, cause);
        }
    }

    private final String id;
    private final Phase phase;
    private final Blame blame;
    private final String errorToken;
    private final RetryClass retryClass;
    private final boolean provenUnsent;
    private final String summary;
    private final String remedy;

    Cause(
            String id,
            Phase phase,
            Blame blame,
            String errorToken,
            RetryClass retryClass,
            boolean provenUnsent,
            String summary,
            String remedy) {
        this.id = id;
        this.phase = phase;
        this.blame = blame;
        this.errorToken = errorToken;
        this.retryClass = retryClass;
        this.provenUnsent = provenUnsent;
        this.summary = summary;
        this.remedy = remedy;
    }

    /** The cause with this dotted id, if there is one. */
    public static Optional<Cause> byId(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }

    /** Stable dotted id, e.g. {@code connect.refused}. */
    public String id() {
        return id;
    }

    /** Where in a request's life it happens. */
    public Phase phase() {
        return phase;
    }

    /** Who has to act. */
    public Blame blame() {
        return blame;
    }

    /** The registered proxy error type of RFC 9209 section 2.3; empty where none fits. */
    public String errorToken() {
        return errorToken;
    }

    /** nginx's class for {@code next_upstream}. */
    public RetryClass retryClass() {
        return retryClass;
    }

    /** True when no byte of the request can have reached an upstream, so that even a POST may be repeated. */
    public boolean provenUnsent() {
        return provenUnsent;
    }

    /** One sentence that says what happened. */
    public String summary() {
        return summary;
    }

    /** What to do about it, as an instruction. */
    public String remedy() {
        return remedy;
    }
}
