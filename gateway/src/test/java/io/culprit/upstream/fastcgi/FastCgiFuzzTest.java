package io.culprit.upstream.fastcgi;

import static io.culprit.upstream.fastcgi.FastCgiResponseReaderTest.END;
import static io.culprit.upstream.fastcgi.FastCgiResponseReaderTest.HEAD;
import static io.culprit.upstream.fastcgi.FastCgiResponseReaderTest.join;
import static io.culprit.upstream.fastcgi.FastCgiResponseReaderTest.out;
import static io.culprit.upstream.fastcgi.FastCgiResponseReaderTest.record;

import io.culprit.Fuzzer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jazzer's part of the reader's tests; a process of its own, so that mutation testing leaves it out by its name. */
class FastCgiFuzzTest {
    @Test
    void noBytesBreakTheReader(@TempDir Path directory) throws Exception {
        List<byte[]> seeds = List.of(
                join(out(HEAD + "hello"), END),
                join(record(7, "oops", 4), out("Status: 500\r\n\r\n"), END),
                join(out("Content-Length: 3\r\n\r\nabcd"), record(6, "x", 7), END));
        Fuzzer.run(FastCgiFuzzTarget.class, "io.culprit.upstream.fastcgi.**", seeds, directory);
    }
}
