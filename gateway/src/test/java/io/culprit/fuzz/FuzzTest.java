package io.culprit.fuzz;

import io.culprit.http.HeadsFuzzTarget;
import io.culprit.http.hpack.HpackFuzzTarget;
import io.culprit.server.http2.FrameFuzzTarget;
import io.culprit.triage.classify.ClassifierFuzzTarget;
import io.culprit.upstream.fastcgi.FastCgiFuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No input breaks a reader; all start together, as many at a time as there are processors. */
@Tag("slow")
class FuzzTest {
    private enum Reader {
        HEADS_AND_CHUNKS(HeadsFuzzTarget.class, "io.culprit.http.**", HeadsFuzzTarget::seeds),
        FRAMES(FrameFuzzTarget.class, "io.culprit.**", FrameFuzzTarget::seeds),
        HPACK(HpackFuzzTarget.class, "io.culprit.http.hpack.**", HpackFuzzTarget::seeds),
        FASTCGI(FastCgiFuzzTarget.class, "io.culprit.upstream.fastcgi.**", FastCgiFuzzTarget::seeds),
        LINES_OF_LOGS(ClassifierFuzzTarget.class, "io.culprit.triage.classify.**", ClassifierFuzzTarget::seeds),
        LOGS(LogsFuzzTarget.class, "io.culprit.triage.**", LogsFuzzTarget::seeds),
        CONFIGURATIONS(ConfigurationsFuzzTarget.class, "io.culprit.triage.**", ConfigurationsFuzzTarget::seeds),
        OWN_CONFIGURATION(OwnConfigurationFuzzTarget.class, "io.culprit.config.**", OwnConfigurationFuzzTarget::seeds),
        ANSWERS(AnswersFuzzTarget.class, "io.culprit.triage.**", AnswersFuzzTarget::seeds);

        private final Class<?> target;
        private final String packages;
        private final Seeds seeds;

        Reader(Class<?> target, String packages, Seeds seeds) {
            this.target = target;
            this.packages = packages;
            this.seeds = seeds;
        }
    }

    private interface Seeds {
        List<byte[]> get() throws IOException;
    }

    private static final Map<Reader, Future<Void>> RUNNING = new EnumMap<>(Reader.class);
    private static ExecutorService lanes;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() {
        lanes = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        for (Reader each : Reader.values()) {
            RUNNING.put(each, lanes.submit(() -> {
                Path own = Files.createDirectory(directory.resolve(each.name()));
                Fuzzer.run(each.target, each.packages, each.seeds.get(), own);
                return null;
            }));
        }
    }

    @AfterAll
    static void stop() {
        lanes.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void noInputBreaksIt(Reader reader) throws Throwable {
        try {
            RUNNING.get(reader).get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }
}
