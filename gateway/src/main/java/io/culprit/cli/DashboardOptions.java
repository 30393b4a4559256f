package io.culprit.cli;

import io.culprit.admin.AdminServer;
import io.culprit.config.AdminConfig;
import io.culprit.config.PeerAddress;
import io.culprit.process.Running;
import io.culprit.record.journal.JournalQueries;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a dashboard without a gateway listens: the same words for every command that opens one. */
public final class DashboardOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1:9503",
            description = "where to listen (default: ${DEFAULT-VALUE})")
    private String listen;

    @Option(
            names = "--token",
            paramLabel = "TEXT",
            defaultValue = "${env:CULPRIT_ADMIN_TOKEN:-}",
            description = "needed to read, unless on loopback (default: CULPRIT_ADMIN_TOKEN of the environment)")
    private String token;

    /**
     * Where to listen, and for whom.
     *
     * @throws ParameterException when that is no address of this machine, or one that needs a token
     */
    public AdminConfig config() {
        Optional<PeerAddress> address = PeerAddress.parse(listen);
        if (address.isEmpty() || address.get().isUnix() || address.get().isService()) {
            throw wrong("is \"" + listen + "\"; host:port was expected");
        }
        InetSocketAddress at =
                new InetSocketAddress(address.get().host(), address.get().port());
        if (at.isUnresolved()) {
            throw wrong("names " + address.get().host() + ", which is no address of this machine");
        }
        if (!at.getAddress().isLoopbackAddress() && token.isEmpty()) {
            throw wrong(listen + " is no loopback address, which needs --token");
        }
        return new AdminConfig(at, token);
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), "--listen " + what);
    }

    /**
     * Shows a journal until the process is ended.
     *
     * @throws IOException when the address cannot be had
     * @throws InterruptedException when the thread is told to end
     */
    public static void serve(JournalQueries journal, AdminConfig config) throws IOException, InterruptedException {
        try (AdminServer server = AdminServer.start(journal, config)) {
            String url = Running.url(server.address());
            System.err.println("culprit: dashboard on "
                    + (journal.moment().isPresent() ? url.replaceFirst("/?$", "/#minutes=1440") : url));
            new CountDownLatch(1).await();
        }
    }
}
