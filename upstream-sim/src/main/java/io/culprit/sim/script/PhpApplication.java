package io.culprit.sim.script;

import io.culprit.sim.fault.FastCgiFaults;
import io.culprit.sim.pool.Application;
import io.culprit.sim.pool.Pool;
import io.culprit.sim.pool.Worker;
import io.culprit.sim.protocol.Output;
import io.culprit.sim.protocol.ScriptRequest;
import io.culprit.sim.status.StatusListener;
import java.io.IOException;

/** PHP with a site's scripts, which may be deployed anew while requests run. Thread-safe. */
public final class PhpApplication implements Application {
    private volatile Scripts scripts;

    public PhpApplication(Scripts scripts) {
        this.scripts = scripts;
    }

    /** Replaces scripts by these; requests under way keep what they began with. */
    public void deploy(Scripts changed) {
        scripts = scripts.with(changed);
    }

    @Override
    public boolean answersEarly(ScriptRequest request) {
        return FastCgiFaults.answersEarly(request.query().getOrDefault("raw", ""));
    }

    @Override
    public boolean run(Pool pool, Worker worker, ScriptRequest request, Output output) throws IOException {
        Php php = new Php(scripts, pool, worker, request, output);
        php.run();
        return !php.raw();
    }

    @Override
    public Runnable listenForStatus(String listen, Pool pool) throws IOException {
        return StatusListener.open(listen, pool)::close;
    }
}
