package io.culprit.sim.pool;

/** A pool's figures at one moment; the names are the status page's, bytes and kills are ours. */
public record PoolFigures(
        String pool,
        PoolConfig.Pm pm,
        long startedMillis,
        long acceptedConn,
        int listenQueue,
        int maxListenQueue,
        int listenQueueLength,
        int idle,
        int active,
        int total,
        int maxActive,
        int maxChildrenReached,
        int slowRequests,
        long memoryBytes,
        int oomKills) {}
