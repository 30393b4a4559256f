package io.culprit.tls;

import io.culprit.loop.IoLoop;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The scratch of every IO thread, made when the thread first needs it. Thread-safe. */
public final class TlsScratch {
    private final AtomicReferenceArray<TlsBuffers> all;

    /** @param loops how many there are */
    public TlsScratch(int loops) {
        this.all = new AtomicReferenceArray<>(loops);
    }

    /** That of one loop, on whose thread this is called. */
    public TlsBuffers of(IoLoop loop) {
        TlsBuffers buffers = all.get(loop.number());
        if (buffers == null) {
            buffers = new TlsBuffers();
            all.set(loop.number(), buffers);
        }
        return buffers;
    }
}
