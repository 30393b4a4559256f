package io.culprit.upstream.dns;

import io.culprit.config.GatewayConfig.Resolver;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server on loopback that answers what the test says. */
final class FakeNames implements AutoCloseable {
    private final DatagramSocket socket;
    private final Map<String, List<Record>> records = new ConcurrentHashMap<>();
    private final List<String> questions = new CopyOnWriteArrayList<>();

    /** Of every answer; {@link Rcode#NOERROR}: names without any record do not exist. */
    volatile int rcode = Rcode.NOERROR;

    /** No question gets an answer. */
    volatile boolean silent;

    /** So many questions get none. */
    final AtomicInteger lost = new AtomicInteger();

    /** Answers wait for this. */
    volatile CountDownLatch held = new CountDownLatch(0);

    FakeNames() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(this::serve, "names");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
    }

    /** What a gateway is configured with to ask this server alone. */
    Resolver resolver(Duration timeout, Duration maxTtl) {
        return new Resolver(List.of(address()), timeout, maxTtl);
    }

    /** Such as {@code A app.test.}, in their order. */
    List<String> questions() {
        return questions;
    }

    void address(String name, String address, long ttl) throws IOException {
        InetAddress parsed = InetAddress.getByName(address);
        add(
                parsed.getAddress().length == 4
                        ? new ARecord(Name.fromString(name), DClass.IN, ttl, parsed)
                        : new AAAARecord(Name.fromString(name), DClass.IN, ttl, parsed));
    }

    void service(String name, long ttl, int priority, int weight, int port, String target) throws IOException {
        add(new SRVRecord(Name.fromString(name), DClass.IN, ttl, priority, weight, port, Name.fromString(target)));
    }

    private void add(Record record) {
        records.computeIfAbsent(key(record), key -> new CopyOnWriteArrayList<>())
                .add(record);
    }

    void forget() {
        records.clear();
    }

    private static String key(Record record) {
        return Type.string(record.getType()) + " " + record.getName();
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Message question = new Message(Arrays.copyOf(buffer, packet.getLength()));
                questions.add(key(question.getQuestion()));
                held.await();
                if (!silent && lost.getAndUpdate(n -> Math.max(0, n - 1)) == 0) {
                    byte[] answer = answer(question).toWire();
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException | InterruptedException e) {
                return; // the test is over
            }
        }
    }

    private Message answer(Message question) {
        Record asked = question.getQuestion();
        Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(asked, Section.QUESTION);
        List<Record> found = records.getOrDefault(key(asked), List.of());
        boolean known = records.keySet().stream().anyMatch(key -> key.endsWith(" " + asked.getName()));
        answer.getHeader().setRcode(rcode != Rcode.NOERROR || known ? rcode : Rcode.NXDOMAIN);
        if (rcode == Rcode.NOERROR) {
            found.forEach(each -> answer.addRecord(each, Section.ANSWER));
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
