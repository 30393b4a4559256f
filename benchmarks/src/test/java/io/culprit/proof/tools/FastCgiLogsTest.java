package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.sim.pool.FpmLog;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.script.PhpApplication;
import io.culprit.sim.script.Scripts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Each broken FastCGI response behind the real nginx: what its error log says of it must hold the cause that the gateway names ({@code
 * fastcgi-cases.tsv} beside {@code FastCgiDifferentialTest}), as far as nginx says anything; {@code fastcgi-log-causes.tsv} has what it
 * tells, and where that is another cause or none, why.
 */
class FastCgiLogsTest {
    @Test
    void nginxsErrorLogNamesWhatTheGatewayNames() throws Exception {
        PoolConfig pool = PoolConfig.ofStatic("raw", "127.0.0.1:0", 8, 256);
        List<String> wrong = new ArrayList<>();
        try (Master fpm = Master.start(
                        MasterConfig.of(pool), new PhpApplication(Scripts.byQuery()), new FpmLog("/dev/null"));
                Oracle nginx =
                        Oracle.start("nginx-fastcgi", Map.of("FPM", fpm.pool().port()))) {
            ToldByLog log = new ToldByLog(nginx.directory().resolve("error.log"));
            for (String[] row : rows("tools/fastcgi-log-causes.tsv")) {
                String target = "/x.php?raw=" + row[0];
                String told = log.told(() -> RawResponse.exchange(
                        nginx.port(),
                        ("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1),
                        10_000));
                if (!told.equals(row[2])) {
                    wrong.add(row[0] + "\t" + row[1] + "\t" + told + "\t(table: " + row[2] + ")");
                }
                boolean named = Arrays.asList(row[2].split("[|]")).contains(row[1]);
                assertTrue(
                        named || !row[3].isEmpty(),
                        row[0] + ": " + row[2] + " instead of " + row[1] + ", without a reason");
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    /** The table leaves none out that the gateway has a name for. */
    @Test
    void everyBrokenResponseIsInTheTable() throws IOException {
        List<String> broken = rows("against/fastcgi-cases.tsv").stream()
                .filter(row -> !row[5].isEmpty())
                .map(row -> row[2] + " " + row[5])
                .toList();
        assertEquals(
                broken,
                rows("tools/fastcgi-log-causes.tsv").stream()
                        .map(row -> row[0] + " " + row[1])
                        .toList());
    }

    private static List<String[]> rows(String table) throws IOException {
        try (var in = FastCgiLogsTest.class.getResourceAsStream("/io/culprit/proof/" + table)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .toList();
        }
    }
}
