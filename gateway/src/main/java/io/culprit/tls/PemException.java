package io.culprit.tls;

/** A file with a certificate or key that cannot be used; the message names the file and says why. */
public final class PemException extends Exception {
    private static final long serialVersionUID = 1L;

    public PemException(String message) {
        super(message);
    }
}
