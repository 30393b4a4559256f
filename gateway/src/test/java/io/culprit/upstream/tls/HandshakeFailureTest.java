package io.culprit.upstream.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.tls.NoRecordException;
import io.culprit.tls.RecordUnwrapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the JDK says, as a cause: within a handshake and behind it. */
class HandshakeFailureTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Received fatal alert: certificate_required | false | TLS_CERTIFICATE_DEMANDED | the server sent the alert certificate_required: it wants a certificate of ours
            Received fatal alert: handshake_failure    | true  | TLS_CERTIFICATE_DEMANDED | the server sent the alert handshake_failure: it wants a certificate of ours
            Received fatal alert: handshake_failure    | false | TLS_ALERT                | the server sent the alert handshake_failure
            Received fatal alert: bad_certificate      | true  | TLS_CERTIFICATE_DEMANDED | the server sent the alert bad_certificate: it wants a certificate of ours
            Received fatal alert: bad_certificate      | false | TLS_ALERT                | the server sent the alert bad_certificate
            (x) received fatal alert: internal_error   | true  | TLS_ALERT                | the server sent the alert internal_error
            Received handshake warning: unrecognized_name | true | TLS_ALERT              | the server sent the warning unrecognized_name: it does not know the name it was asked for; set tls.name to one that it knows
            no common cipher                           | true  | TLS_REFUSED              | the gateway ended the handshake: no common cipher
            """)
    void inAHandshake(String said, boolean demanded, Cause cause, String detail) {
        Failure failure = HandshakeFailure.of(new SSLHandshakeException(said), demanded);
        assertEquals(cause, failure.cause());
        assertEquals(detail, failure.detail());
    }

    @Test
    void aCertificateThatWasRefusedIsFoundBehindWhateverWasThrown() throws Exception {
        var refused = new PeerCertificateException(
                Cause.TLS_EXPIRED,
                "old",
                new java.security.cert.X509Certificate[0],
                SSLContext.getDefault().createSSLEngine());
        assertEquals("old", refused.getMessage());
        SSLException thrown = new SSLException("a", new IllegalStateException("b", refused));
        assertEquals(Failure.of(Cause.TLS_EXPIRED, "old"), HandshakeFailure.of(thrown, true));
    }

    private static Failure behind(SSLException e, boolean demanded) throws Exception {
        IOException thrown =
                HandshakeFailure.inStream(e, demanded, SSLContext.getDefault().createSSLEngine());
        Failure failure = HandshakeFailure.behind(thrown).orElseThrow();
        assertEquals(failure.detail(), thrown.getMessage());
        assertEquals(List.of(), failure.evidence(), "the two ends have agreed on nothing yet");
        return failure;
    }

    @Test
    void behindAHandshake() throws Exception {
        assertEquals(
                Failure.of(Cause.TLS_ALERT, "behind the handshake the server sent the alert internal_error"),
                behind(new SSLException("Received fatal alert: internal_error"), false));
        assertEquals(
                Failure.of(
                        Cause.TLS_CERTIFICATE_DEMANDED,
                        "the server wants a certificate of ours: Received fatal alert: bad_certificate"),
                behind(new SSLException("Received fatal alert: bad_certificate"), true));
        assertEquals(
                Failure.of(
                        Cause.TLS_REFUSED,
                        "behind the handshake a record of the server could not be read: Tag mismatch"),
                behind(new SSLException("Tag mismatch"), false));
        SSLException noRecord = assertThrows(
                NoRecordException.class,
                () -> new RecordUnwrapper(SSLContext.getDefault().createSSLEngine())
                        .unwrap(ByteBuffer.wrap("HTTP/1.1".getBytes()), ByteBuffer.allocate(10)));
        Failure foreign = behind(noRecord, true);
        assertEquals(Cause.TLS_NOT_TLS, foreign.cause());
        assertTrue(foreign.detail().startsWith("behind the handshake the server sent "), foreign.detail());
    }

    @Test
    void otherTroublesHaveNoCauseOfTls() {
        assertEquals(Optional.empty(), HandshakeFailure.behind(new IOException("Broken pipe")));
    }
}
