package io.culprit.triage.classify.app;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.text.Words;
import java.util.List;

/**
 * What an exception of Java proves, with its causes below it: names and messages of HikariCP, the drivers of PostgreSQL and MySQL,
 * Spring 5 and 6, and Tomcat.
 */
final class JavaTrace {
    private static final String[] LEFT = {
        "ClientAbortException", "AsyncRequestNotUsableException", "java.io.IOException: Broken pipe"
    };

    /** No connection to the database could be made, whoever says so. */
    private static final String[] NO_DATABASE = {
        "CannotGetJdbcConnectionException",
        "SQLTransientConnectionException",
        "SQLNonTransientConnectionException",
        "JDBCConnectionException",
        "CannotCreateTransactionException",
        "Exception during pool initialization",
        "Communications link failure",
        "org.postgresql.util.PSQLException: Connection to ",
        "org.postgresql.util.PSQLException: The connection attempt failed",
        "org.postgresql.util.PSQLException: An I/O error occurred while sending to the backend",
        "org.postgresql.util.PSQLException: This connection has been closed",
        "PSQLException: FATAL: ",
        "Too many connections"
    };

    /** What a driver or the kernel says of a connection that cannot be made; without one of these a full pool says the same. */
    private static final String[] REFUSED = {
        "java.net.ConnectException",
        "java.net.SocketTimeoutException",
        "java.net.UnknownHostException",
        "java.net.NoRouteToHostException",
        "Communications link failure",
        "PSQLException: Connection to ",
        "PSQLException: The connection attempt failed",
        "PSQLException: FATAL: ",
        "Too many connections"
    };

    private static final String[] SLOW = {
        "canceling statement due to statement timeout",
        "canceling statement due to lock timeout",
        "Lock wait timeout exceeded",
        "org.springframework.dao.QueryTimeoutException",
        "java.sql.SQLTimeoutException",
        "MySQLTimeoutException"
    };
    private static final String[] SERVICES = {
        "ResourceAccessException",
        "WebClientRequestException",
        "feign.RetryableException",
        "RedisConnectionFailureException",
        "com.mongodb.MongoTimeoutException",
        "com.mongodb.MongoSocket",
        "org.apache.kafka.common.errors.TimeoutException",
        "AmqpConnectException",
        "org.elasticsearch.client.ResponseException"
    };
    private static final String POOL = "Connection is not available, request timed out after";

    private JavaTrace() {}

    /** What a record proves, the likeliest first; an exception of the application where nothing is known of it. */
    static List<Diagnosis> judge(String record) {
        if (isHeap(record)) {
            return List.of(Condition.WORKER_HEAP_OOM);
        }
        if (record.contains("Too many open files")) {
            return List.of(Condition.WORKER_FD_LIMIT);
        }
        if (record.contains("Redis command timed out")) { // which Spring calls a query's timeout
            return List.of(Condition.DEPENDENCY_FAILED);
        }
        if (Words.any(record, SLOW)) {
            return List.of(Condition.DB_SLOW);
        }
        if (record.contains(POOL)) {
            return pool(record);
        }
        if (Words.any(record, NO_DATABASE)) {
            return List.of(Condition.DB_UNAVAILABLE);
        }
        if (Words.any(record, LEFT)) {
            return List.of(Cause.CLIENT_CLOSED);
        }
        return List.of(Words.any(record, SERVICES) ? Condition.DEPENDENCY_FAILED : Condition.APP_EXCEPTION);
    }

    /** Whether the heap or another of the JVM's own parts is full; a thread that the machine does not give is none of them. */
    static boolean isHeap(String record) {
        return record.contains("java.lang.OutOfMemoryError") && !record.contains("unable to create native thread");
    }

    /** HikariCP says the same of a pool that others hold and of a database it cannot reach; since 5.1 it counts. */
    private static List<Diagnosis> pool(String record) {
        long total = Words.numberAfter(record, "(total=");
        if (total == 0 || Words.any(record, REFUSED)) {
            return List.of(Condition.DB_UNAVAILABLE);
        }
        return total > 0
                ? List.of(Condition.DB_POOL_EXHAUSTED)
                : List.of(Condition.DB_POOL_EXHAUSTED, Condition.DB_UNAVAILABLE);
    }
}
