package io.culprit.upstream.request;

import io.culprit.loop.Spill;
import java.io.IOException;

/** The body of a request on its way to an upstream. All methods are called on the request's IO thread. */
public interface RequestBody {
    /** No body at all. */
    RequestBody NONE = new RequestBody() {
        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public boolean repeatable() {
            return true;
        }

        @Override
        public void rewind() {}

        @Override
        public Progress writeTo(Spill.Target target) {
            return Progress.DONE;
        }

        @Override
        public void whenReadable(Runnable resume) {}
    };

    /** How far {@link #writeTo} came. */
    enum Progress {
        /** The body is written to its end. */
        DONE,
        /** The target takes no more now. */
        TARGET_FULL,
        /** The client has sent no more yet; the runnable of {@link #whenReadable} says when. */
        SOURCE_EMPTY
    }

    boolean isEmpty();

    /** Whether it can be sent again from its start: for another attempt. */
    boolean repeatable();

    /** Starts over; only when {@link #repeatable}. */
    void rewind();

    /**
     * Writes as much as the target takes, framing included where the request is chunked.
     *
     * @throws IOException when the body cannot be had (temporary file, client)
     */
    Progress writeTo(Spill.Target target) throws IOException;

    /** Whom to tell when more can be read after {@link Progress#SOURCE_EMPTY}. */
    void whenReadable(Runnable resume);
}
