package io.culprit.triage.read;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A file with log lines.
 *
 * @param source where it lies
 * @param name what the reader calls it
 * @param size bytes on disk, 0 for standard input
 * @param packing how it is packed
 */
public record LogFile(LogSource source, String name, long size, Packing packing) implements Serializable {
    /** Compression, by the file's first bytes and not by its name. */
    public enum Packing {
        PLAIN,
        GZIP,
        XZ,
        ZSTD,
        /** A pipe, which is read once only: looked at when it is opened. */
        UNKNOWN
    }

    /** The memory an .xz file may ask for, in KiB: one made with the highest preset needs 65 MiB. */
    private static final int XZ_MEMORY_KIB = 80 * 1024;

    /** Windows of 8 MiB, which all levels but the ultra ones stay below. */
    private static final int MOST_WINDOW_LOG = 23;

    private static final int BUFFER = 256 * 1024;
    private static final int FIRST_LINE = 1024;

    /** A file on disk. */
    public static LogFile of(Path path, String name) throws IOException {
        if (!Files.isRegularFile(path)) {
            if (Files.notExists(path)) {
                throw new java.nio.file.NoSuchFileException(path.toString());
            }
            return new LogFile(new LogSource.OnDisk(path.toString()), name, 0, Packing.UNKNOWN);
        }
        return of(new LogSource.OnDisk(path.toString()), name, Files.size(path));
    }

    /**
     * A file wherever it lies.
     *
     * @param size its bytes, packed as it is
     * @throws IOException when it cannot be read
     */
    public static LogFile of(LogSource source, String name, long size) throws IOException {
        byte[] head = new byte[6];
        int read;
        try (InputStream in = source.open(0)) {
            read = in.readNBytes(head, 0, head.length);
        }
        return new LogFile(source, name, size, packing(head, read));
    }

    /** Standard input, whatever it is packed with. */
    public static LogFile standardInput() {
        return new LogFile(new LogSource.StandardInput(), "-", 0, Packing.UNKNOWN);
    }

    /** Whether it can be read once only. */
    boolean isStream() {
        return packing == Packing.UNKNOWN;
    }

    /** Whether it can be read from any byte on, by several threads at a time. */
    public boolean splits() {
        return packing == Packing.PLAIN;
    }

    /**
     * Its unpacked bytes.
     *
     * @throws IOException when it cannot be read, or is not packed as its first bytes say
     */
    InputStream open() throws IOException {
        if (isStream()) {
            BufferedInputStream in = new BufferedInputStream(source.open(0), BUFFER);
            in.mark(16);
            byte[] head = new byte[6];
            int read = in.readNBytes(head, 0, head.length);
            in.reset();
            return unpacked(in, packing(head, read));
        }
        return unpacked(new BufferedInputStream(source.open(0), BUFFER), packing);
    }

    /** Its first line as far as it is read for this, one character a byte; empty where it cannot be read or be read again. */
    public String firstLine() {
        if (isStream()) {
            return "";
        }
        try (InputStream in = open()) {
            byte[] head = in.readNBytes(FIRST_LINE);
            int end = Bytes.find(head, 0, head.length, (byte) '\n');
            return new String(head, 0, end < 0 ? head.length : end, StandardCharsets.ISO_8859_1);
        } catch (IOException | RuntimeException e) {
            return ""; // the reading itself has said so
        }
    }

    private static InputStream unpacked(InputStream in, Packing packing) throws IOException {
        return switch (packing) {
            case PLAIN, UNKNOWN -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER);
            case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
            case ZSTD -> new ZstdInputStream(withSmallWindow(in));
        };
    }

    /**
     * Refuses what was packed with a window larger than the reader keeps (zstd --long, --ultra): RFC 8878 section 3.1.1.1.2.
     */
    private static InputStream withSmallWindow(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER);
        buffered.mark(16);
        byte[] head = buffered.readNBytes(6);
        buffered.reset();
        boolean singleSegment = head.length > 4 && (head[4] & 0x20) != 0;
        if (head.length == 6 && !singleSegment && (head[5] & 0xff) >> 3 > MOST_WINDOW_LOG - 10) {
            throw new IOException(
                    "packed with a window of 2^%d bytes, which takes too much memory: zstd -dc --long=31 FILE | culprit triage -"
                            .formatted(((head[5] & 0xff) >> 3) + 10));
        }
        return buffered;
    }

    private static Packing packing(byte[] head, int read) {
        if (read >= 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b) {
            return Packing.GZIP;
        }
        if (read >= 6
                && (head[0] & 0xff) == 0xfd
                && head[1] == '7'
                && head[2] == 'z'
                && head[3] == 'X'
                && head[4] == 'Z') {
            return Packing.XZ;
        }
        boolean zstd = read >= 4
                && (head[0] & 0xff) == 0x28
                && (head[1] & 0xff) == 0xb5
                && (head[2] & 0xff) == 0x2f
                && (head[3] & 0xff) == 0xfd;
        return zstd ? Packing.ZSTD : Packing.PLAIN;
    }
}
