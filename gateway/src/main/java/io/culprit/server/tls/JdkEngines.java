package io.culprit.server.tls;

import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** The JDK's own TLS: everywhere, and for keys that no other library here takes. Thread-safe. */
final class JdkEngines implements Engines {
    static {
        // A client may not have handshakes made at will on a connection that stands.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    private final Terms terms;
    private final SSLContext context;

    JdkEngines(Terms terms) throws GeneralSecurityException {
        this.terms = terms;
        this.context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {terms.keys()}, terms.trust(), null);
    }

    @Override
    public SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(terms.versions().toArray(new String[0]));
        parameters.setUseCipherSuitesOrder(true);
        if (!terms.ciphers().isEmpty()) {
            parameters.setCipherSuites(terms.allCiphers().toArray(new String[0]));
        }
        parameters.setWantClientAuth(terms.authorities().isPresent());
        parameters.setApplicationProtocols(terms.protocols().toArray(new String[0]));
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public void release(SSLEngine engine) {
        // the garbage collector's
    }

    @Override
    public String library() {
        return "the JDK " + Runtime.version().feature();
    }
}
