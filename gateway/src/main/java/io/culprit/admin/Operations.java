package io.culprit.admin;

/** What the admin listener may have the process do. Any thread may call. */
public interface Operations {
    /** Reads the configuration's file anew and puts it into force; returns when that is done or refused. */
    ReloadReport reload();

    /** Whether it is a process that {@link #handOver} can end. */
    boolean ends();

    /** Another process serves the addresses: closes the listeners, this one's too, and ends when what runs is done. Returns at once. */
    void handOver();

    /** Of a gateway that is part of another process: it was not started from a file, and does not end by itself. */
    Operations NONE = new Operations() {
        @Override
        public ReloadReport reload() {
            return ReloadReport.withoutFile();
        }

        @Override
        public boolean ends() {
            return false;
        }

        @Override
        public void handOver() {
            throw new UnsupportedOperationException("this gateway is part of another process");
        }
    };
}
