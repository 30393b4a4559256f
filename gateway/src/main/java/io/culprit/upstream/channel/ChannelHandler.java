package io.culprit.upstream.channel;

import java.io.IOException;

/** What happens on an {@link UpstreamChannel}; all calls come from its IO thread. */
public interface ChannelHandler {
    /** The connection stands. */
    void connected();

    /** It will not stand; the channel must be closed. */
    void connectFailed(IOException e);

    /** Bytes or the end of input can be read. */
    void readable();

    /** The socket takes bytes again. */
    void writable();

    /** The IO thread shuts down, or an event's handling failed, as {@code why} says; the channel is closed already. */
    void abandoned(String why);
}
