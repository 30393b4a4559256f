package io.culprit.server.request;

import io.culprit.config.ConfigException;
import io.culprit.config.read.ConfigLoader;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Outcome;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.OnLoop;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.reply.ReplyHead;
import io.culprit.server.clients.ClientExchange;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** One request of a client at 192.0.2.1 on an IO thread of its own; what the client is given and what is recorded is written down. */
final class AnsweredClient implements AutoCloseable {
    private final XnioWorker worker = Xnio.getInstance()
            .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.WORKER_TASK_CORE_THREADS, 1));
    final MemoryBudget budget = MemoryBudget.of(1_000_000, 1L << 30, 0, 100);
    final IoLoop loop = new IoLoop(worker.getIoThread(0), 3, budget);
    final RequestHead head = new RequestHead(8192, 100, 2000);
    final List<Outcome> recorded = new ArrayList<>();
    final Services services;
    final ClientExchange exchange;
    private final StringBuilder said = new StringBuilder();
    private final ForwardedHeaders forwarded;
    ReplyHead replied;
    IOException breaks;
    boolean idle = true;

    /** @param settings further lines of the configuration */
    AnsweredClient(Path directory, String request, String settings)
            throws IOException, ConfigException, MessageException {
        head.read(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
        Path file = Files.writeString(directory.resolve("client.yaml"), """
                listen: [ { address: "127.0.0.1:0" } ]
                journal: { url: off }
                routes: [ { respond: { status: 200 } } ]
                """ + settings);
        var config = ConfigLoader.load(file, Map.of());
        services = new Services(
                config,
                DialectTable.bundled(),
                null,
                null,
                (number, outcome) -> {
                    said.append("recorded by ").append(number).append(' ');
                    recorded.add(outcome);
                },
                new Tracing(config.telemetry()),
                null,
                null,
                null,
                false,
                null,
                List.of(loop),
                null);
        forwarded = new ForwardedHeaders(
                new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 1234),
                new InetSocketAddress("127.0.0.1", 80),
                Optional.empty(),
                config.trustedProxies());
        exchange = (ClientExchange) Proxy.newProxyInstance(
                AnsweredClient.class.getClassLoader(),
                new Class<?>[] {ClientExchange.class},
                (proxy, method, arguments) -> called(method.getName(), arguments));
    }

    private Object called(String method, Object[] arguments) throws IOException {
        return switch (method) {
            case "loop" -> loop;
            case "head" ->
                arguments == null
                        ? head
                        : said(() -> {
                            replied = (ReplyHead) arguments[0];
                            return "head=%d/%s/%s".formatted(replied.status(), arguments[1], arguments[2]);
                        });
            case "protocol" -> "HTTP/1.1";
            case "stream" -> 7;
            case "forwarded" -> forwarded;
            case "written" -> 321L;
            case "idle" -> idle;
            case "body" -> said(() -> "body=" + StandardCharsets.UTF_8.decode((ByteBuffer) arguments[0]));
            case "limits" -> said(() -> "limits=" + arguments[0] + "/" + arguments[1]);
            case "end" -> {
                if (breaks != null) {
                    throw breaks;
                }
                yield said(() -> "end");
            }
            case "dropHead" -> said(() -> "drop");
            default -> throw new AssertionError(method);
        };
    }

    private Object said(Callable<String> what) {
        try {
            said.append(what.call()).append(' ');
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return null;
    }

    /** All since the last call, once what waits for the loop's turn has run. */
    String said() throws Exception {
        return on(() -> {
            String all = said.toString();
            said.setLength(0);
            return all;
        });
    }

    <T> T on(Callable<T> step) throws Exception {
        return OnLoop.call(loop, step);
    }

    @Override
    public void close() {
        worker.shutdown();
    }
}
