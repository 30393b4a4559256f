package io.culprit.failure;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is wrong behind a failure, or beside it: what logs of applications, service managers and kernels tell, and what no
 * gateway can see from its side of a connection. The ids do not overlap with those of {@link Cause}.
 */
public enum Condition implements Diagnosis {
    UNKNOWN(
            "unknown",
            Blame.UPSTREAM,
            "Something failed, and this line does not say what",
            "Look at the error log of the same second"),
    CONFIG_NO_RESOLVER(
            "config.no-resolver",
            Blame.CONFIG,
            "A name has to be resolved at run time, and no resolver is configured",
            "Add a resolver directive, or name the upstream in an upstream block"),
    CONFIG_REDIRECT_LOOP(
            "config.redirect-loop",
            Blame.CONFIG,
            "Rewrites or internal redirects lead back to themselves",
            "Look at try_files and rewrite; the file they end at is most often missing"),
    CONFIG_INVALID(
            "config.invalid",
            Blame.CONFIG,
            "The configuration cannot be used, and the program did not start or kept the old one",
            "Correct the line that is named, and test it before the next start"),
    GATEWAY_WORKER_CONNECTIONS(
            "gateway.worker-connections",
            Blame.GATEWAY,
            "All connections that a worker of the web server may have are in use",
            "Raise worker_connections, and worker_rlimit_nofile with it"),
    GATEWAY_WORKERS_EXHAUSTED(
            "gateway.workers-exhausted",
            Blame.GATEWAY,
            "All workers of the web server are busy",
            "Find what holds them; then raise MaxRequestWorkers"),
    GATEWAY_WORKER_CRASHED(
            "gateway.worker-crashed",
            Blame.GATEWAY,
            "A worker of the web server itself died",
            "Look for a kernel line with its process id, and at modules that were added"),
    GATEWAY_RATE_LIMITED(
            "gateway.rate-limited",
            Blame.GATEWAY,
            "The web server limited this client, as it was told to",
            "None if it was an attack; else raise the zone's rate and burst"),
    GATEWAY_DENIED(
            "gateway.denied",
            Blame.CONFIG,
            "A rule of the proxy denied the request",
            "None if it was meant; else correct the rule"),
    GATEWAY_AUTH_REQUEST_FAILED(
            "gateway.auth-request-failed",
            Blame.UPSTREAM,
            "The request that asks whether a client may pass failed",
            "Look at the failure of the subrequest in the line before"),
    GATEWAY_AUTH_FAILED(
            "gateway.auth-failed",
            Blame.CONFIG,
            "The identity provider or its configuration failed",
            "Look at the identity provider and at the listener's authentication settings"),
    GATEWAY_FIXED_RESPONSE(
            "gateway.fixed-response",
            Blame.CONFIG,
            "The load balancer answers so on purpose",
            "None if it was meant; else remove the fixed response"),
    PHP_SCRIPT_MISSING(
            "php.script-missing",
            Blame.CONFIG,
            "PHP-FPM cannot find the script",
            "Compare root and SCRIPT_FILENAME with the path that FPM sees (chroot, container volume)"),
    PHP_SCRIPT_DENIED(
            "php.script-denied",
            Blame.CONFIG,
            "PHP-FPM refuses the script: its extension or its rights",
            "Compare security.limit_extensions and the file's rights"),
    PHP_FATAL(
            "php.fatal",
            Blame.UPSTREAM,
            "The PHP script ended with a fatal error",
            "Mend the line that the message names"),
    PHP_MEMORY_LIMIT(
            "php.memory-limit",
            Blame.UPSTREAM,
            "The PHP script reached memory_limit",
            "Find what takes the memory at the line named; raise memory_limit only if it needs that much"),
    PHP_MAX_EXECUTION_TIME(
            "php.max-execution-time",
            Blame.UPSTREAM,
            "The PHP script reached max_execution_time",
            "Move the work out of the request, or make it faster"),
    PHP_UPLOAD_LIMIT(
            "php.upload-limit",
            Blame.CONFIG,
            "PHP refused an upload: it is larger than post_max_size or upload_max_filesize",
            "Raise both in php.ini, and client_max_body_size with them"),
    PHP_DB_DOWN(
            "php.db-down",
            Blame.UPSTREAM,
            "PHP could not reach the database or lost it",
            "Look whether the database runs, was restarted or has no connection left"),
    POOL_MAX_CHILDREN(
            "pool.max-children",
            Blame.UPSTREAM,
            "All workers of the pool are busy, and the pool may not grow",
            "Find what holds the workers; raise pm.max_children only as far as memory allows"),
    POOL_BUSY(
            "pool.busy",
            Blame.UPSTREAM,
            "The pool starts workers because too few are idle",
            "None by itself; raise pm.start_servers and the spare servers if it is seen at every peak"),
    POOL_SLOW(
            "pool.slow",
            Blame.UPSTREAM,
            "A script ran longer than request_slowlog_timeout",
            "Look at the slow log: its frames name the function"),
    POOL_TERMINATE_TIMEOUT(
            "pool.terminate-timeout",
            Blame.UPSTREAM,
            "PHP-FPM ended a script that ran longer than request_terminate_timeout",
            "Make the script faster or move its work out of the request"),
    WORKER_KILLED(
            "worker.killed",
            Blame.MACHINE,
            "A worker was ended by SIGKILL",
            "Look for a kernel line about memory with the same pid, then for who sent the signal"),
    WORKER_OOM_KILLED(
            "worker.oom-killed",
            Blame.MACHINE,
            "The kernel ended a process because memory ran out",
            "Lower the number of workers or what each needs, or give the machine or container more memory"),
    WORKER_SEGFAULT(
            "worker.segfault",
            Blame.UPSTREAM,
            "A worker crashed",
            "Look at the kernel line for the library; update or switch off that extension, opcache's JIT first"),
    WORKER_TERMINATED(
            "worker.terminated",
            Blame.UPSTREAM,
            "A worker was ended by SIGTERM",
            "Look for request_terminate_timeout of the same pid, else for a restart"),
    WORKER_EXITED(
            "worker.exited",
            Blame.UPSTREAM,
            "A worker ended by itself with an error",
            "Look at what it wrote just before"),
    WORKER_TIMEOUT(
            "worker.timeout",
            Blame.UPSTREAM,
            "The application server ended a worker that was silent for too long",
            "Find what blocks it; long work belongs into a queue"),
    WORKER_HEAP_OOM(
            "worker.heap-oom",
            Blame.UPSTREAM,
            "The application ran out of its own heap",
            "Find the leak; raise the heap only as far as the machine has memory"),
    WORKER_FD_LIMIT(
            "worker.fd-limit",
            Blame.UPSTREAM,
            "The application ran out of file descriptors",
            "Raise LimitNOFILE of its unit, and find what it leaves open"),
    WORKER_BOOT_FAILED(
            "worker.boot-failed",
            Blame.DEPLOY,
            "A worker could not start",
            "Read the error it wrote while it started; most often the deployed version is broken"),
    APP_EXCEPTION(
            "app.exception", Blame.UPSTREAM, "The application threw an exception", "Read the stack trace that follows"),
    APP_MAINTENANCE(
            "app.maintenance",
            Blame.DEPLOY,
            "The application is in maintenance mode and says so",
            "None while the update runs; remove the flag it left behind if it does not end"),
    DB_SLOW(
            "db.slow",
            Blame.UPSTREAM,
            "Scripts wait for the database",
            "Find the lock or the slow query while it lasts (SHOW FULL PROCESSLIST, pg_stat_activity)"),
    DEPENDENCY_FAILED(
            "dependency.failed",
            Blame.UPSTREAM,
            "A service behind the application failed: a cache, another API, a database that had to recover",
            "Look at that service's own log"),
    DB_UNAVAILABLE(
            "db.unavailable",
            Blame.UPSTREAM,
            "The database refused or lost connections",
            "Look at the database's own log for a restart, its limit of connections or a full disk"),
    DB_POOL_EXHAUSTED(
            "db.pool-exhausted",
            Blame.UPSTREAM,
            "All connections of the application's own pool to the database are in use",
            "Find what holds them: slow queries, other calls within a transaction, connections that are never given back; then raise the pool"),
    UPSTREAM_RESTART(
            "upstream.restart",
            Blame.DEPLOY,
            "The upstream was stopped or reloaded on order",
            "Reload instead of restarting, with process_control_timeout above the longest request"),
    UPSTREAM_UP("upstream.up", Blame.NONE, "The upstream is ready", "None"),
    UPSTREAM_KILLED(
            "upstream.killed",
            Blame.MACHINE,
            "The upstream's main process was killed",
            "Look for a kernel line about memory at that time"),
    UPSTREAM_EXITED(
            "upstream.exited",
            Blame.UPSTREAM,
            "The upstream's main process ended by itself",
            "Read what it wrote just before, and have it started again"),
    UPSTREAM_PORT_IN_USE(
            "upstream.port-in-use",
            Blame.CONFIG,
            "The upstream could not start: another process has its address",
            "Find who listens there (ss -tlnp), and stop it or move one of the two"),
    UPSTREAM_START_LIMIT(
            "upstream.start-limit",
            Blame.CONFIG,
            "The service manager gave up starting the upstream",
            "Correct what made it end, then systemctl reset-failed and start it"),
    UPSTREAM_START_FAILED(
            "upstream.start-failed",
            Blame.UPSTREAM,
            "The upstream did not start",
            "Read why in its own log, just before this line"),
    UPSTREAM_CONFIG_ERROR(
            "upstream.config-error",
            Blame.CONFIG,
            "The upstream refused its configuration and ended",
            "Test the configuration by hand (php-fpm -t) and correct what it names"),
    MACHINE_DISK_FULL(
            "machine.disk-full",
            Blame.MACHINE,
            "A file system is full",
            "Free space, and look at what grew (df -h, df -i)"),
    MACHINE_CONNTRACK_FULL(
            "machine.conntrack-full",
            Blame.MACHINE,
            "The kernel's table of tracked connections is full, and packets are dropped",
            "Raise net.netfilter.nf_conntrack_max, or do not track what need not be"),
    MACHINE_IO_HUNG(
            "machine.io-hung",
            Blame.MACHINE,
            "A process has waited for the disk for minutes",
            "Look at the disk and at the storage behind it"),
    MACHINE_DISK_FAILED(
            "machine.disk-failed",
            Blame.MACHINE,
            "A disk does not write what it should, and its file system may have become read-only",
            "Look at the disk's health, check the file system and mount it again"),
    MACHINE_TCP_MEMORY(
            "machine.tcp-memory",
            Blame.MACHINE,
            "The kernel has no memory left for TCP",
            "Raise net.ipv4.tcp_mem, and find who holds so many connections");

    private static final Map<String, Condition> BY_ID =
            Arrays.stream(values()).collect(Collectors.toMap(Condition::id, Function.identity()));

    private final String id;
    private final Blame blame;
    private final String summary;
    private final String remedy;

    Condition(String id, Blame blame, String summary, String remedy) {
        this.id = id;
        this.blame = blame;
        this.summary = summary;
        this.remedy = remedy;
    }

    /** The condition with this dotted id, if there is one. */
    public static Optional<Condition> byId(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Blame blame() {
        return blame;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String remedy() {
        return remedy;
    }
}
