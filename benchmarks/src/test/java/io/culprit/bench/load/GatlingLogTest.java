package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.bench.load.plan.Settings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs as Gatling writes them, byte by byte, and what is none. */
class GatlingLogTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    @BeforeEach
    void run() throws IOException {
        out.writeByte(0);
        string("3.14.3");
        string("CulpritPlan");
        out.writeLong(1_790_000_000_000L);
        string("");
        out.writeInt(1);
        string("clients");
        out.writeInt(1);
        out.writeInt(3);
        out.write(new byte[3]); // an assertion, which nobody reads here
    }

    private void string(String text) throws IOException {
        out.writeInt(text.length());
        if (!text.isEmpty()) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.writeByte(0);
        }
    }

    private void known(int index, String text) throws IOException {
        out.writeInt(index);
        if (index > 0) {
            string(text);
        }
    }

    private void request(int name, String text, int start, int end, boolean good, int message, String words)
            throws IOException {
        out.writeByte(1);
        out.writeInt(0);
        known(name, text);
        out.writeInt(start);
        out.writeInt(end);
        out.writeBoolean(good);
        known(message, words);
    }

    private Cell read(byte[] log) throws IOException {
        Cell cell = new Cell(Settings.ANY, false);
        GatlingLog.read(Files.write(folder.resolve("simulation.log"), log), cell);
        return cell;
    }

    private String refused(byte[] log) {
        String text = assertThrows(IOException.class, () -> read(log)).getMessage();
        assertTrue(text.startsWith(folder.toString()), text);
        return text.substring(folder.toString().length() + 1);
    }

    @Test
    void requestsAreReadWithTheirEnds() throws IOException {
        request(1, "GET /", 0, 50, true, 2, "");
        out.writeByte(2);
        out.writeInt(0);
        out.writeBoolean(true);
        out.writeInt(10);
        request(-1, "", 1000, 1200, false, 3, "status.find.lessThan(400), but actually 503 is not less than 400");
        request(
                -1,
                "",
                1000,
                3000,
                false,
                4,
                "i.g.h.c.i.RequestTimeoutException: Request timeout to 127.0.0.1 after 2000 ms");
        request(-1, "", 2000, 2001, false, 5, "j.n.ConnectException: Connection refused");
        request(-1, "", 2500, 2560, true, -2, "");
        Cell cell = read(bytes.toByteArray());
        assertEquals(
                Map.of("ok", 2L, "status 503", 1L, "client.closed", 1L, "connection: connection refused", 1L),
                cell.outcomes);
        assertEquals(60.0, cell.percentileMillis(100), 0.1);
        assertEquals(3, cell.bySecond.size());
        assertEquals(3.0, cell.seconds, 0.001);
    }

    @Test
    void whatIsCutOffOrForeignIsRefusedWithItsByte() throws IOException {
        int head = bytes.size();
        request(1, "GET /", 0, 50, true, 2, "");
        byte[] whole = bytes.toByteArray();
        for (int length = head + 1; length < whole.length; length++) {
            String text = refused(Arrays.copyOf(whole, length));
            assertTrue(text.startsWith("simulation.log: cut off after byte "), text);
        }
        assertEquals("simulation.log: there is no request in it", refused(Arrays.copyOf(whole, head)));
        assertEquals(
                "simulation.log: no record begins with 77 at byte " + whole.length,
                refused(concat(whole, new byte[] {77})));
        request(-9, "", 0, 50, true, -2, "");
        assertTrue(refused(bytes.toByteArray()).matches("simulation.log: string 9 is unknown at byte \\d+"));
        assertEquals(
                "simulation.log: this is no simulation.log of Gatling 3.4 or newer",
                refused("hello".getBytes(StandardCharsets.UTF_8)));
        assertEquals("simulation.log: this is no simulation.log of Gatling 3.4 or newer", refused(new byte[0]));
        byte[] least = Arrays.copyOf(whole, head + 9);
        Arrays.fill(least, head + 5, head + 9, (byte) 0);
        least[head + 5] = (byte) 0x80; // the one number that has no opposite
        assertTrue(refused(least).matches("simulation.log: string -?[0-9]+ is unknown at byte \\d+"), refused(least));
        assertEquals(
                "simulation.log:1: a request before the line RUN",
                refused("REQUEST\t\tGET /\t1\t2\tOK\t \n".getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void linesOfOlderVersionsAreReadToo() throws IOException {
        String log = """
                ASSERTION\tAAECAAICAAAAAAAAAPA/
                RUN\tsim\tsim\t1790000000000\t \t3.9.5
                USER\tclients\tSTART\t1790000000010
                REQUEST\t\tGET /\t1790000000000\t1790000000050\tOK\t\s
                REQUEST\t\tGET /\t1790000001000\t1790000001200\tKO\tstatus.find.in(200), but actually found 502
                USER\tclients\tEND\t1790000001200
                """;
        Cell cell = read(log.getBytes(StandardCharsets.UTF_8));
        assertEquals(Map.of("ok", 1L, "status 502", 1L), cell.outcomes);
        assertEquals(
                "simulation.log:3: not as Gatling writes it",
                refused("RUN\ta\tb\t1\t \t3\nUSER\nREQUEST\t\tGET /\tsoon\t5\tOK\t\n"
                        .getBytes(StandardCharsets.UTF_8)));
        byte[] noText = (log + "REQUEST\t\tGET /\t1790000001000\t1790000001200\tKO\t\u00ff\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(3, read(noText).requests);
    }
}
