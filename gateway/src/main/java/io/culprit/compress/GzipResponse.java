package io.culprit.compress;

import io.culprit.config.CompressionConfig;
import io.culprit.http.Field;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget.Level;
import io.culprit.reply.ClientResponse;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.ReplyHead;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * A client's response whose body is compressed where the client takes gzip and the answer is {@link Eligibility eligible}. A strong validator becomes a weak one, since the bytes are others than those it was made for. Without
 * memory to spare the answer goes out as it is. Owned by one IO thread.
 */
public final class GzipResponse implements ClientResponse {
    /** A file is read on in a later event after so much of it: the thread has others to serve. */
    private static final int FILE_AT_ONCE = 256 << 10;

    private static final Set<String> OF_BYTES =
            Set.of("content-digest", "content-md5", "digest", "etag", "repr-digest");

    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

    private final ClientResponse client;
    private final Eligibility eligibility;
    private final int level;
    private final boolean accepted;
    private final IoLoop loop;
    private final MemoryAccount memory;
    private final Runnable more;
    private final CRC32 checksum = new CRC32();
    private @Nullable Deflater deflater;
    private boolean begun;
    private boolean streams;
    private @Nullable FileChannel file;
    private long filePosition;
    private long fileEnd;

    /**
     * @param client gets the response
     * @param accepted whether the client takes gzip
     * @param memory of the client's connection
     * @param more called from the loop when {@link #resume} has more of a file to give though the client waits for nothing
     */
    public GzipResponse(
            ClientResponse client,
            CompressionConfig config,
            boolean accepted,
            IoLoop loop,
            MemoryAccount memory,
            Runnable more) {
        this.client = client;
        this.eligibility = new Eligibility(config);
        this.level = config.level();
        this.accepted = accepted;
        this.loop = loop;
        this.memory = memory;
        this.more = more;
    }

    @Override
    public void head(ResponseHead head, HeadChanges changes, long bodyLength, boolean bodyless) throws IOException {
        release();
        if (!eligibility.of(head, bodyLength)) {
            client.head(head, changes, bodyLength, bodyless);
            return;
        }
        List<Field> added = new ArrayList<>(changes.added());
        added.add(new Field("Vary", "Accept-Encoding"));
        if (!accepted || !begin(bodyless)) {
            client.head(head, new HeadChanges(changes.removed(), List.copyOf(added)), bodyLength, bodyless);
            return;
        }
        List<String> removed = new ArrayList<>(changes.removed());
        removed.add("etag");
        removed.add("accept-ranges");
        added.add(new Field("Content-Encoding", "gzip"));
        Eligibility.value(head.headers(), "etag").ifPresent(etag -> added.add(new Field("ETag", weak(etag))));
        client.head(head, new HeadChanges(List.copyOf(removed), List.copyOf(added)), -1, bodyless);
    }

    @Override
    public void head(ReplyHead head, long bodyLength, boolean bodyless) throws IOException {
        release();
        List<Field> fields = head.fields();
        if (!eligibility.of(head, bodyLength)) {
            client.head(head, bodyLength, bodyless);
            return;
        }
        if (!Eligibility.own(fields, "Vary").orElse("").equalsIgnoreCase("Accept-Encoding")) {
            head.with("Vary", "Accept-Encoding");
        }
        if (!accepted || !begin(bodyless)) {
            client.head(head, bodyLength, bodyless);
            return;
        }
        Optional<String> etag = Eligibility.own(fields, "ETag");
        fields.removeIf(
                each -> each.name().equals("Accept-Ranges") || each.name().equals("ETag"));
        etag.ifPresent(strong -> head.with("ETag", weak(strong)));
        head.with("Content-Encoding", "gzip");
        client.head(head, STREAMED, bodyless);
    }

    private static String weak(String etag) {
        return etag.startsWith("W/") ? etag : "W/" + etag;
    }

    /** @return false when there is no memory to spare for it */
    private boolean begin(boolean bodyless) {
        if (bodyless) {
            return true;
        }
        if (memory.reached(Level.SPILL)) {
            return false;
        }
        memory.heap(Deflaters.WEIGHT);
        deflater = Deflaters.ofThread().take(level);
        begun = false;
        checksum.reset();
        return true;
    }

    @Override
    public void body(ByteBuffer data) throws IOException {
        if (deflater == null) {
            client.body(data);
            return;
        }
        checksum.update(data.duplicate());
        deflater.setInput(data);
        pump(Deflater.NO_FLUSH);
    }

    private void pump(int flush) throws IOException {
        ByteBuffer out = Deflaters.ofThread().out;
        boolean full = true;
        while (full) {
            out.clear();
            if (!begun) {
                out.put(HEADER);
                begun = true;
            }
            Objects.requireNonNull(deflater).deflate(out, flush);
            full = !out.hasRemaining();
            out.flip();
            if (out.hasRemaining()) {
                client.body(out);
            }
        }
    }

    /** What speaks of the bytes speaks of those before compression. */
    @Override
    public void trailers(Trailers trailers) {
        client.trailers(deflater == null ? trailers : trailers.without(OF_BYTES::contains));
    }

    @Override
    public void end() throws IOException {
        if (deflater != null) {
            int length = (int) deflater.getBytesRead(); // modulo 2^32, RFC 1952 section 2.3.1
            deflater.finish();
            pump(Deflater.NO_FLUSH);
            release();
            ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            client.body(trailer.putInt((int) checksum.getValue()).putInt(length).flip());
        }
        client.end();
    }

    @Override
    public void flush() throws IOException {
        if (deflater != null && streams && begun) {
            pump(Deflater.SYNC_FLUSH);
        }
        client.flush();
    }

    @Override
    public void file(FileChannel source, long from, long to) throws IOException {
        if (deflater == null) {
            client.file(source, from, to);
            return;
        }
        client.eager(true);
        file = source;
        filePosition = from;
        fileEnd = to;
        resume();
    }

    /**
     * Goes on with a file; to be called whenever the client has taken what it was given.
     *
     * @throws IOException when the file cannot be read to its end
     */
    public void resume() throws IOException {
        ByteBuffer in = Deflaters.ofThread().in;
        long until = Math.min(fileEnd, filePosition + FILE_AT_ONCE);
        while (file != null && !client.saturated() && !client.broken()) {
            if (filePosition == until && until < fileEnd) {
                client.flush();
                loop.execute(more);
                return;
            }
            in.clear().limit((int) Math.min(in.capacity(), until - filePosition));
            int n = file.read(in, filePosition);
            if (n < 0) {
                throw new EOFException("the file became shorter while it was sent");
            }
            filePosition += n;
            if (filePosition == fileEnd) {
                file = null;
            }
            body(in.flip());
        }
    }

    /** Ends the body of a file, whose length tells its end to nobody once it is compressed. */
    public void endFile() throws IOException {
        if (deflater != null && file == null) {
            end();
        }
    }

    /** Gives back what it holds. Idempotent. */
    public void release() {
        file = null;
        if (deflater != null) {
            Deflaters.ofThread().giveBack(deflater);
            deflater = null;
            memory.heap(-Deflaters.WEIGHT);
        }
    }

    @Override
    public void eager(boolean streamAtOnce) {
        streams = streamAtOnce;
        client.eager(streamAtOnce);
    }

    @Override
    public void limits(long inMemory, long disk) {
        client.limits(inMemory, disk);
    }

    @Override
    public boolean saturated() {
        return client.saturated();
    }

    @Override
    public boolean behind() {
        return client.behind();
    }

    @Override
    public boolean idle() {
        return file == null && client.idle();
    }

    @Override
    public boolean broken() {
        return client.broken();
    }

    @Override
    public long written() {
        return client.written();
    }

    @Override
    public boolean committed() {
        return client.committed();
    }

    @Override
    public void interim(ResponseHead head) throws IOException {
        client.interim(head);
    }

    @Override
    public void switched(ResponseHead head, HeadChanges changes) throws IOException {
        client.switched(head, changes);
    }

    @Override
    public void holdHead() {
        client.holdHead();
    }

    @Override
    public void dropHead() {
        release();
        client.dropHead();
    }
}
