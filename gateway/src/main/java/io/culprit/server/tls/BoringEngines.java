package io.culprit.server.tls;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BoringSSL by netty-tcnative: where its native library loads. A full handshake costs a quarter of the JDK's CPU time, a body
 * of 16 KiB two thirds (gateway/README.md). Its memory beyond the Java heap is counted as {@link #NATIVE_BYTES} for each
 * engine. Thread-safe.
 */
final class BoringEngines implements Engines {
    /** What an engine holds outside the heap, measured over 5,000 idle connections and rounded up. */
    static final int NATIVE_BYTES = 6 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(BoringEngines.class);

    static {
        // Engines are released by their connection's end, and each is looked after anyway.
        System.setProperty(
                "io.netty.leakDetection.level", System.getProperty("io.netty.leakDetection.level", "disabled"));
    }

    private static final Cleaner CLEANER = Cleaner.create();

    private final SslContext context;

    BoringEngines(Terms terms) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(terms.keys())
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .protocols(terms.versions())
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        terms.protocols()));
        if (!terms.ciphers().isEmpty()) {
            builder.ciphers(terms.allCiphers(), SupportedCipherSuiteFilter.INSTANCE);
        }
        if (terms.authorities().isPresent()) {
            builder.trustManager(terms.authorities().get()).clientAuth(ClientAuth.OPTIONAL);
        }
        this.context = builder.build();
        ((OpenSslServerSessionContext) ((ReferenceCountedOpenSslContext) context).sessionContext()).setTicketKeys();
        SslContext released = context; // engines that still run keep it, and connections keep their engines
        CLEANER.register(this, () -> ReferenceCountUtil.release(released));
    }

    /** Whether the native library loads here; if not, why stands in the log once. */
    static boolean available() {
        try {
            if (OpenSsl.isAvailable()) {
                return true;
            }
            LOG.info("TLS by the JDK: BoringSSL does not load here: {}", String.valueOf(OpenSsl.unavailabilityCause()));
        } catch (LinkageError e) {
            LOG.info("TLS by the JDK: BoringSSL does not load here: {}", e.toString());
        }
        return false;
    }

    @Override
    public SSLEngine engine() {
        return context.newEngine(UnpooledByteBufAllocator.DEFAULT);
    }

    @Override
    public void release(SSLEngine engine) {
        ReferenceCountUtil.release(engine);
    }

    @Override
    public String library() {
        return OpenSsl.versionString();
    }
}
