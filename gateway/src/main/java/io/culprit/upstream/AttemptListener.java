package io.culprit.upstream;

import io.culprit.failure.Failure;
import io.culprit.http.ResponseHead;
import io.culprit.upstream.channel.UpstreamChannel;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How an attempt over an established connection ends; called on its IO thread, once. */
public interface AttemptListener {
    /** The response is complete; the connection was pooled or closed already. {@code warning} may be null. */
    void attemptComplete(@Nullable Failure warning);

    /**
     * The upstream switched protocols; the connection carries a tunnel from now on.
     *
     * @param closed to be run once when the tunnel's channel has been closed
     */
    default void attemptSwitched(ResponseHead head, ByteBuffer early, UpstreamChannel channel, Runnable closed) {
        throw new IllegalStateException("no switch of protocols was asked for");
    }

    /** The connection is closed already. */
    void attemptFailed(Failure failure);

    /**
     * A response head with a status that may be worth another attempt has arrived; nothing was handed on yet.
     *
     * @return true to give the response up, the connection is then closed
     */
    boolean refuses(int status);
}
