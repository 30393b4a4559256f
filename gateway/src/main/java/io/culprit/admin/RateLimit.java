package io.culprit.admin;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A bucket of tokens for each client address: guessing tokens and hammering the journal stop here. Thread-safe; remembers
 * {@link #MOST_CLIENTS} addresses and forgets the longest idle first.
 */
final class RateLimit {
    private static final int MOST_CLIENTS = 10_000;

    private final int perSecond;
    private final int burst;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Bucket {
        private double tokens;
        private long at;
    }

    /**
     * @param perSecond requests a client may make for long
     * @param burst requests it may make at once
     * @param nanos a clock
     */
    RateLimit(int perSecond, int burst, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanos = nanos;
    }

    /** Takes tokens if there are enough; false: too much. */
    synchronized boolean admits(String client, int tokens) {
        Bucket bucket = refilled(client);
        if (bucket.tokens < tokens) {
            return false;
        }
        bucket.tokens -= tokens;
        return true;
    }

    /** Takes tokens even where there are too few: what follows waits for it. */
    synchronized void charge(String client, int tokens) {
        refilled(client).tokens -= tokens;
    }

    private Bucket refilled(String client) {
        long now = nanos.getAsLong();
        Bucket bucket = buckets.get(client);
        if (bucket == null) {
            bucket = new Bucket();
            bucket.tokens = burst;
            buckets.put(client, bucket);
            if (buckets.size() > MOST_CLIENTS) {
                Iterator<String> oldest = buckets.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        } else {
            bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / 1e9 * perSecond);
        }
        bucket.at = now;
        return bucket;
    }
}
