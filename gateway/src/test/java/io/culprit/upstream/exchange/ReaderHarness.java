package io.culprit.upstream.exchange;

import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.ResponseHead;
import io.culprit.upstream.AttemptListener;
import io.culprit.upstream.AttemptTimer;
import io.culprit.upstream.ResponseListener;
import io.culprit.upstream.request.RequestBody;
import io.culprit.upstream.request.UpstreamRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Feeds bytes to a reader, cut where the test wants, and writes down what comes out. */
public final class ReaderHarness {
    private ReaderHarness() {}

    /**
     * @param cuts offsets at which a new read begins
     * @return status, body and end in one line
     */
    public static String read(ResponseReader reader, String method, byte[] bytes, int... cuts) {
        var seen = new StringBuilder();
        var body = new StringBuilder();
        Delivery delivery = new Delivery();
        delivery.begin(listener(seen, body), attempt(), new AttemptTimer());
        reader.begin(request(method));
        String end = "open";
        try {
            int from = 0;
            for (int i = 0; i <= cuts.length && end.equals("open"); i++) {
                int to = i < cuts.length ? cuts[i] : bytes.length;
                ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
                if (reader.consume(in, delivery)) {
                    end = "complete"
                            + (in.hasRemaining() || to < bytes.length
                                    ? " +" + (in.remaining() + bytes.length - to)
                                    : "");
                }
                from = to;
            }
        } catch (MessageException e) {
            end = e.failure().cause().id();
        } catch (ListenerException | GivenUpException e) {
            throw new AssertionError(e);
        }
        return "%s[%s] %s%s%s"
                .formatted(
                        seen,
                        body,
                        end,
                        end.startsWith("complete") && reader.warning().isPresent()
                                ? " warning " + reader.warning().get().cause().id()
                                : "",
                        reader.stderr().isEmpty()
                                ? ""
                                : " stderr \"" + reader.stderr().replace("\n", "|") + "\"");
    }

    /** The failure that these bytes of a GET's response end with. */
    public static Failure failure(ResponseReader reader, byte[] bytes) {
        Delivery delivery = new Delivery();
        delivery.begin(listener(new StringBuilder(), new StringBuilder()), attempt(), new AttemptTimer());
        reader.begin(request("GET"));
        try {
            reader.consume(ByteBuffer.wrap(bytes), delivery);
        } catch (MessageException e) {
            return e.failure();
        } catch (ListenerException | GivenUpException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("nothing is wrong with it");
    }

    private static ResponseListener listener(StringBuilder seen, StringBuilder body) {
        return new ResponseListener() {
            @Override
            public void interim(ResponseHead head) {
                seen.append(head.status()).append(' ');
            }

            @Override
            public void head(ResponseHead head, long bodyLength) {
                seen.append(head.status()).append(" length ").append(bodyLength).append(' ');
            }

            @Override
            public void body(ByteBuffer data) {
                body.append(StandardCharsets.ISO_8859_1.decode(data));
            }

            @Override
            public boolean wantsMore() {
                return true;
            }

            @Override
            public void flush() {
                throw new AssertionError("a reader does not flush");
            }

            @Override
            public boolean committed() {
                return false;
            }

            @Override
            public void discard() {
                throw new AssertionError("a reader does not discard");
            }

            @Override
            public void complete(Failure warning) {
                throw new AssertionError("a reader does not complete");
            }

            @Override
            public void failed(Failure failure, String noRetry) {
                throw new AssertionError("a reader does not fail");
            }
        };
    }

    private static AttemptListener attempt() {
        return new AttemptListener() {
            @Override
            public void attemptComplete(Failure warning) {
                throw new AssertionError("not the reader's to say");
            }

            @Override
            public void attemptFailed(Failure failure) {
                throw new AssertionError("not the reader's to say");
            }

            @Override
            public boolean refuses(int status) {
                return false;
            }
        };
    }

    private static UpstreamRequest request(String method) {
        return new UpstreamRequest() {
            @Override
            public String id() {
                return "test";
            }

            @Override
            public String method() {
                return method;
            }

            @Override
            public int headBound() {
                return 0;
            }

            @Override
            public void encodeHead(ByteBuffer out) {
                throw new AssertionError("nothing is sent");
            }

            @Override
            public RequestBody body() {
                return RequestBody.NONE;
            }

            @Override
            public byte[] clientAddress() {
                return new byte[4];
            }
        };
    }
}
