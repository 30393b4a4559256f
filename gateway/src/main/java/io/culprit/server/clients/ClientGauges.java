package io.culprit.server.clients;

import io.culprit.loop.MemoryBudget;
import io.culprit.loop.TempFiles;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import java.util.concurrent.atomic.LongAdder;

/** What is held for clients at this moment, and what of it there may be, as metrics. */
public final class ClientGauges implements MetricSource {
    private final Clients clients;
    private final MemoryBudget memory;
    private final TempFiles files;
    private final LongAdder headersDropped;

    /** @param headersDropped headers with underscores that were not passed on */
    public ClientGauges(Clients clients, MemoryBudget memory, TempFiles files, LongAdder headersDropped) {
        this.clients = clients;
        this.memory = memory;
        this.files = files;
        this.headersDropped = headersDropped;
    }

    @Override
    public void collect(Samples samples) {
        samples.add(Metric.CLIENT_CONNECTIONS, clients.count());
        samples.add(Metric.CLIENT_CONNECTIONS_MAX, clients.most());
        samples.add(Metric.CLIENT_CONNECTIONS_IDLE, clients.idleCount());
        samples.add(Metric.CLIENT_CONNECTIONS_CLOSED, clients.closedIdle());
        samples.add(Metric.CLIENT_ACCEPT_PAUSES, clients.pauses());
        samples.add(Metric.MEMORY_HELD, memory.heapUsed(), "heap");
        samples.add(Metric.MEMORY_HELD, memory.directUsed(), "direct");
        samples.add(Metric.MEMORY_MAX, memory.heapLimit(), "heap");
        samples.add(Metric.MEMORY_MAX, memory.directLimit(), "direct");
        samples.add(Metric.MEMORY_REFUSALS, memory.refusals(), "refused");
        samples.add(Metric.MEMORY_REFUSALS, memory.evictions(), "evicted");
        samples.add(Metric.TEMP_FILES, files.open());
        samples.add(Metric.HEADERS_DROPPED, headersDropped.sum());
        samples.add(Metric.TEMP_FILES_MAX, files.most());
    }
}
