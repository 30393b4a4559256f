package io.culprit.upstream;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;

/** A name server on a loopback port whose answers the test gives. */
public final class NameServer implements AutoCloseable {
    private final DatagramSocket socket;
    private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
    private final Map<Name, Integer> questions = new ConcurrentHashMap<>();
    private volatile CountDownLatch held = new CountDownLatch(0);

    public NameServer() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "test-names");
        thread.setDaemon(true);
        thread.start();
    }

    public List<InetSocketAddress> addresses() {
        return List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
    }

    /** Answers wait until {@link #release}. */
    public void hold() {
        held = new CountDownLatch(1);
    }

    public void release() {
        held.countDown();
    }

    /** Forgets what it knows of a name. */
    public void forget(String name) throws IOException {
        records.remove(Name.fromString(name));
    }

    public void a(String name, String address) throws IOException {
        Name key = Name.fromString(name);
        add(key, new ARecord(key, DClass.IN, 1, InetAddress.getByName(address)));
    }

    public void srv(String name, int priority, int weight, int port, String target) throws IOException {
        Name key = Name.fromString(name);
        add(key, new SRVRecord(key, DClass.IN, 1, priority, weight, port, Name.fromString(target)));
    }

    private void add(Name key, Record record) {
        records.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(record);
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Message query = new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
                held.await();
                byte[] reply = answer(query).toWire();
                socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            } catch (IOException | InterruptedException e) {
                return; // closed with the test
            }
        }
    }

    /** How often a name was asked for. */
    public int questions(String name) throws IOException {
        return questions.getOrDefault(Name.fromString(name), 0);
    }

    private Message answer(Message query) {
        Record question = query.getQuestion();
        questions.merge(question.getName(), 1, Integer::sum);
        Message reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.addRecord(question, Section.QUESTION);
        List<Record> known = records.get(question.getName());
        if (known == null) {
            reply.getHeader().setRcode(Rcode.NXDOMAIN);
            return reply;
        }
        known.stream()
                .filter(each -> each.getType() == question.getType())
                .forEach(each -> reply.addRecord(each, Section.ANSWER));
        return reply;
    }

    @Override
    public void close() {
        socket.close();
        held.countDown();
    }
}
