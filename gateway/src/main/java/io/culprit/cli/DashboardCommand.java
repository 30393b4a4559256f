package io.culprit.cli;

import io.culprit.admin.AdminServer;
import io.culprit.config.AdminConfig;
import io.culprit.config.PeerAddress;
import io.culprit.config.record.JournalConfig;
import io.culprit.process.Running;
import io.culprit.record.journal.JournalReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit dashboard}: all gateways that share a journal, without a gateway of its own. */
@Command(
        name = "dashboard",
        description = "Show all gateways that share a journal: which report, what fails where, and whose it is.",
        footer = {
            "",
            "A cause that one gateway sees and others do not is that machine's; one that all see is the upstream's; one at a",
            "single server from all gateways is that server's. Every gateway's own dashboard has the same page at /fleet.",
            "",
            "Example:",
            "  CULPRIT_JOURNAL_PASSWORD=... culprit dashboard --journal jdbc:postgresql://db/culprit --user culprit"
        })
final class DashboardCommand implements Callable<Integer> {
    @Option(names = "--journal", required = true, paramLabel = "URL", description = "jdbc:postgresql://HOST/DATABASE")
    private String journal;

    @Option(names = "--user", paramLabel = "NAME", defaultValue = "", description = "database user")
    private String user;

    @Option(
            names = "--password",
            paramLabel = "TEXT",
            defaultValue = "${env:CULPRIT_JOURNAL_PASSWORD:-}",
            description = "its password (default: CULPRIT_JOURNAL_PASSWORD of the environment, where nobody sees it)")
    private String password;

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

    @Override
    public Integer call() throws InterruptedException {
        Optional<PeerAddress> address = PeerAddress.parse(listen);
        if (address.isEmpty() || address.get().isUnix() || address.get().isService()) {
            System.err.println("culprit: --listen is \"" + listen + "\"; host:port was expected");
            return 2;
        }
        if (!journal.startsWith("jdbc:")) {
            System.err.println(
                    "culprit: --journal is \"" + journal + "\"; jdbc:postgresql://HOST/DATABASE was expected");
            return 2;
        }
        InetSocketAddress at =
                new InetSocketAddress(address.get().host(), address.get().port());
        if (at.isUnresolved()) {
            System.err.println(
                    "culprit: --listen names " + address.get().host() + ", which is no address of this machine");
            return 2;
        }
        if (!at.getAddress().isLoopbackAddress() && token.isEmpty()) {
            System.err.println("culprit: --listen " + listen + " is no loopback address, which needs --token");
            return 2;
        }
        JournalConfig config = new JournalConfig(journal, user, password, Duration.ofDays(30), "");
        try (JournalReader reader = JournalReader.open(config);
                AdminServer server = AdminServer.start(reader.queries(), new AdminConfig(at, token))) {
            System.err.println("culprit: dashboard on " + Running.url(server.address()));
            new CountDownLatch(1).await();
            return 0;
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
            return 1;
        }
    }
}
