package io.culprit.reply;

import io.culprit.failure.Failure;
import io.culprit.http.Field;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.upstream.UpstreamTunnel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/** A relay's client and owner, which write down what they are told. */
final class RelayClient implements ClientResponse, Relay.Owner {
    final StringBuilder said = new StringBuilder();
    boolean committed;
    boolean full;
    boolean saturated;
    boolean behind;
    IOException failsSwitch;
    HeadChanges changes = HeadChanges.NONE;

    List<String> added() {
        return changes.added().stream().map(Field::name).toList();
    }

    @Override
    public void eager(boolean streamAtOnce) {
        said.append("eager=").append(streamAtOnce).append(' ');
    }

    @Override
    public void limits(long memory, long disk) {
        throw new AssertionError("they are the request's");
    }

    @Override
    public boolean saturated() {
        return saturated;
    }

    @Override
    public boolean behind() {
        return behind;
    }

    @Override
    public boolean idle() {
        return true;
    }

    @Override
    public boolean broken() {
        return false;
    }

    @Override
    public long written() {
        return 0;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public void interim(ResponseHead head) {
        said.append("interim=").append(head.status()).append(' ');
    }

    @Override
    public void head(ResponseHead head, HeadChanges changed, long bodyLength, boolean bodyless) {
        changes = changed;
        said.append("head=%d/%d %s".formatted(head.status(), bodyLength, bodyless ? "bodyless " : ""));
    }

    @Override
    public void switched(ResponseHead head, HeadChanges changed) throws IOException {
        if (failsSwitch != null) {
            throw failsSwitch;
        }
        said.append("101 ");
    }

    @Override
    public void head(ReplyHead head, long bodyLength, boolean bodyless) {
        throw new AssertionError("an upstream's response is relayed");
    }

    @Override
    public void holdHead() {
        said.append("hold ");
    }

    @Override
    public void dropHead() {
        said.append("drop ");
    }

    @Override
    public void body(ByteBuffer data) throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
        said.append("body=").append(data.remaining()).append(' ');
        data.position(data.limit());
    }

    @Override
    public void file(FileChannel source, long from, long to) {
        throw new AssertionError("an upstream's response is no file");
    }

    @Override
    public void trailers(Trailers trailers) {
        said.append("trailers=").append(trailers.fields()).append(' ');
    }

    @Override
    public void end() {
        said.append("end ");
    }

    @Override
    public void flush() {
        said.append("flush ");
    }

    @Override
    public void relayed(Failure warning) {
        said.append("relayed ");
    }

    @Override
    public void upstreamFailed(Failure failure, String noRetry) {
        said.append("failed ")
                .append(failure.cause().id())
                .append(' ')
                .append(noRetry)
                .append(' ');
    }

    @Override
    public void switched(UpstreamTunnel upstream, ByteBuffer early) {
        said.append("switched ");
    }
}
