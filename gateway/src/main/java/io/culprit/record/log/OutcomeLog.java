package io.culprit.record.log;

import io.culprit.record.OutcomeWriter;

/** Lines about outcomes in a file. Owned by the thread that writes logs. */
abstract class OutcomeLog implements OutcomeWriter {
    private final LogFile file;

    /** The line that is being made. */
    final Line line = new Line();

    OutcomeLog(LogFile file) {
        this.file = file;
    }

    /** Ends the line and writes it. */
    final void end() {
        line.add('\n');
        file.append(line.bytes(), line.size());
    }

    @Override
    public final long lost() {
        return file.lostLines();
    }

    @Override
    public final void flush() {
        file.flush();
    }

    @Override
    public final void reopen() {
        file.reopen();
    }

    @Override
    public final void close() {
        file.close();
    }
}
