package io.culprit.upstream.channel;

import java.io.IOException;

/** What happens on an {@link UpstreamChannel}; all calls come from its IO thread. */
public interface ChannelHandler {
    void connected();

    void connectFailed(IOException e);

    void readable();

    void writable();

    /** The IO thread shuts down, or an event's handling failed; the channel is closed already. */
    void abandoned();
}
