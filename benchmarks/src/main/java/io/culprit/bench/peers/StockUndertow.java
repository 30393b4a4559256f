package io.culprit.bench.peers;

import io.undertow.Undertow;
import io.undertow.server.handlers.accesslog.AccessLogHandler;
import io.undertow.server.handlers.accesslog.DefaultAccessLogReceiver;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** Undertow's own proxy as its documentation sets it up, with an access log: a process to compare with. */
public final class StockUndertow {
    private StockUndertow() {}

    /**
     * @param args port, port of the upstream, directory of the log
     */
    public static void main(String[] args) throws Exception {
        LoadBalancingProxyClient client = new LoadBalancingProxyClient();
        client.setConnectionsPerThread(600)
                .setSoftMaxConnectionsPerThread(600)
                .setMaxQueueSize(10_000)
                .addHost(new URI("http://127.0.0.1:" + args[1]));
        ProxyHandler proxy = ProxyHandler.builder()
                .setProxyClient(client)
                .setMaxRequestTime(30_000)
                .build();
        var receiver =
                new DefaultAccessLogReceiver(Executors.newSingleThreadExecutor(), Path.of(args[2]), "undertow-access.");
        Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "127.0.0.1")
                .setIoThreads(1)
                .setHandler(new AccessLogHandler(proxy, receiver, "combined", StockUndertow.class.getClassLoader()))
                .build()
                .start();
    }
}
