package io.culprit.upstream.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
    @ParameterizedTest
    @CsvSource({
        "Connection refused, ECONNREFUSED",
        "Connection reset, ECONNRESET",
        "Connection reset by peer, ECONNRESET",
        "Broken pipe, EPIPE",
        "Connection timed out, ETIMEDOUT",
        "No route to host, EHOSTUNREACH",
        "Network is unreachable, ENETUNREACH",
        "Permission denied, EACCES",
        "Operation not permitted, EPERM",
        "No such file or directory, ENOENT",
        "Resource temporarily unavailable, EAGAIN",
        "Cannot assign requested address, EADDRNOTAVAIL",
        "Too many open files, EMFILE",
        "Too many open files in system, ENFILE"
    })
    void theKernelsTextNamesItsError(String text, Errno expected) {
        assertEquals(expected, Errno.of(new IOException(text)));
        assertEquals(
                expected.name(),
                Errno.of(new IOException("/run/app.sock: " + text)).label());
    }

    @Test
    void whatHasNoTextIsUnknownAndARefusalToConnectIsOne() {
        assertEquals(Errno.UNKNOWN, Errno.of(new IOException("stream closed")));
        assertEquals(Errno.UNKNOWN, Errno.of(new IOException()));
        assertEquals("", Errno.UNKNOWN.label());
        assertEquals(Errno.ECONNREFUSED, Errno.of(new ConnectException()));
    }
}
