package io.culprit.triage.read;

/** Told how far reading has come; from any thread. */
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (bytes, total) -> {};

    /**
     * @param bytes on disk, read so far
     * @param total bytes on disk
     */
    void read(long bytes, long total);
}
