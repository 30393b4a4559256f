package io.culprit.admin.view;

import io.culprit.record.fleet.Instance;
import io.culprit.record.journal.FleetQueries;
import io.culprit.record.journal.Journal;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.journal.PublishedViews;
import io.culprit.server.Gateway;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The views of every gateway that shares a journal, as each last published them: the same JSON as its own dashboard has, with its name
 * and the time. Stateless.
 */
public final class FleetStateView {
    private static final long OFTEN_SECONDS = 5;

    /** Of what seldom changes, and costs files or ten thousand routes to read. */
    private static final long SELDOM_SECONDS = 60;

    private static final long NOW_MINUTES = 15;

    /** Names of the views that gateways publish. */
    public static final Set<String> NAMES = Set.of("now", "upstreams", "routes", "configuration");

    private FleetStateView() {}

    /** Has a gateway publish its views from now on, where its journal is shared. */
    public static void publish(Gateway gateway) {
        gateway.monitor().journal().filter(Journal::isShared).ifPresent(journal -> {
            PublishedViews views = journal.views();
            NowView now = new NowView(gateway);
            UpstreamView upstreams = new UpstreamView(gateway);
            RouteView routes = new RouteView(gateway::config, gateway.recorder().counters());
            ConfigurationView configuration =
                    new ConfigurationView(gateway::config, gateway.monitor(), gateway::certificates);
            views.until(gateway::leaving);
            views.add("now", OFTEN_SECONDS, () -> now.json(NOW_MINUTES));
            views.add("upstreams", OFTEN_SECONDS, upstreams::json);
            views.add("routes", SELDOM_SECONDS, routes::json);
            views.add("configuration", SELDOM_SECONDS, configuration::json);
        });
    }

    /**
     * One view of all gateways.
     *
     * @param name one of {@link #NAMES}
     * @param instance one gateway alone, or empty
     * @throws UnavailableException when the journal cannot be read
     */
    public static byte[] json(JournalQueries journal, String name, String instance) throws UnavailableException {
        long now = journal.nowMillis();
        Map<String, Instance> instances = journal.fleet().instances(now).stream()
                .collect(Collectors.toMap(Instance::name, Function.identity(), (a, b) -> a));
        List<Tree> gateways = journal.fleet().said(name, instance, now).stream()
                .map(said -> gateway(said, instances))
                .toList();
        return new Tree().put("view", name).put("gateways", gateways).bytes();
    }

    private static Tree gateway(FleetQueries.Said said, Map<String, Instance> instances) {
        Instance instance = instances.get(said.instance());
        return new Tree()
                .put("instance", said.instance())
                .put(
                        "state",
                        instance == null
                                ? Instance.State.SILENT.id()
                                : instance.state().id())
                .put("at", Instant.ofEpochMilli(said.atMillis()).toString())
                .put("body", new Tree.Raw(said.body()));
    }
}
