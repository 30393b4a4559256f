package io.culprit.bench.peers.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What generators say is understood, and what is not understood is no figure. */
class LoadGeneratorsTest {
    @Test
    void h2load() throws IOException {
        LoadResult result = H2load.parse("""
                finished in 2.01s, 69667.50 req/s, 15.02MB/s
                requests: 139335 total, 139847 started, 139335 done, 139330 succeeded, 5 failed, 2 errored, 0 timeout
                status codes: 139330 2xx, 0 3xx, 1 4xx, 4 5xx
                traffic: 30.05MB (31509910) total
                                     min         max         mean         sd        +/- sd
                time for request:      171us     21.91ms      7.14ms      1.60ms    75.21%
                time for connect:     1.21ms      9.01ms      4.91ms      2.60ms    56.25%
                """);
        assertEquals(new LoadResult(139335, 69667.5, 7.14, 21.91, 5, 2), result);
        assertThrows(IOException.class, () -> H2load.parse("could not connect"));
    }

    @Test
    void openssl() throws IOException {
        String text = """
                Now timing with session id reuse.
                starting
                *rrrrrr

                7 connections in 0.80s; 7352.50 connections/user sec, bytes read 2163
                7 connections in 3 real seconds, 309 bytes read per connection
                """;
        assertArrayEquals(new long[] {7, 309}, Handshakes.parse(text, true));
        assertThrows(IOException.class, () -> Handshakes.parse(text.replace("rrr", "***"), true));
        assertThrows(IOException.class, () -> Handshakes.parse("ERROR", false));
    }

    @Test
    void ourOwn() throws IOException {
        Tally tally = new Tally();
        tally.answered(2_000_000, true);
        tally.answered(2_000_000, false);
        tally.broke();
        LoadResult result = JvmLoad.parse("noise\n" + tally.line() + "\n");
        assertEquals(2, result.requests());
        assertEquals(2, result.p50Millis(), 0.01);
        assertEquals(1, result.failed());
        assertEquals(1, result.errors());
        assertTrue(result.rate() > 0);
        assertThrows(IOException.class, () -> JvmLoad.parse("Exception in thread main"));
    }

    @Test
    void theLogOfASteadyLoad() throws IOException {
        SteadyLoad.Result result =
                SteadyLoad.read(new BufferedReader(new StringReader("1\t200\t500\n2\t200\t1500\n3\t-1\t9\n")));
        assertEquals(3, result.latency().getTotalCount());
        assertEquals(1, result.failed());
        assertEquals(1500, result.latency().getMaxValue(), 1);
        assertThrows(IOException.class, () -> SteadyLoad.read(new BufferedReader(new StringReader("1\t200\n"))));
        assertThrows(IOException.class, () -> SteadyLoad.read(new BufferedReader(new StringReader(""))));
    }

    @Test
    void framesOfWebSocketClients() {
        assertArrayEquals(new byte[] {(byte) 0x82, (byte) 0xc0}, Arrays.copyOf(TunnelLoad.frame(64), 2));
        assertEquals(2 + 4 + 64, TunnelLoad.frame(64).length);
        assertArrayEquals(new byte[] {(byte) 0x82, (byte) 0xfe, 0x40, 0}, Arrays.copyOf(TunnelLoad.frame(16384), 4));
    }
}
