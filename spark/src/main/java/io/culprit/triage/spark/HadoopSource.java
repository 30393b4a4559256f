package io.culprit.triage.spark;

import io.culprit.triage.read.LogSource;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * A file of any file system that Hadoop knows (s3a, abfs, gs, hdfs, file), read on whichever machine its part came to.
 *
 * @param uri where it lies
 * @param changedMillis when it was changed last, epoch milliseconds
 */
record HadoopSource(String uri, long changedMillis) implements LogSource {
    private static final String PREFIX = "spark.hadoop.";

    /** Reading its defaults takes longer than opening a file: once for each application, of which a process may see several. */
    private static @Nullable Configuration configuration;

    private static @Nullable SparkEnv application;

    @Override
    public InputStream open(long from) throws IOException {
        Path path = new Path(uri);
        FSDataInputStream in = path.getFileSystem(configuration()).open(path);
        try {
            in.seek(from);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** What {@code spark.hadoop.*} says, such as keys and endpoints, on the driver and the executors alike. */
    static synchronized Configuration configuration() {
        SparkEnv current = SparkEnv.get();
        Configuration known = configuration;
        if (known == null || current != application) {
            known = new Configuration();
            configuration = known;
            application = current;
            if (current != null) {
                for (Tuple2<String, String> each : current.conf().getAllWithPrefix(PREFIX)) {
                    known.set(each._1(), each._2());
                }
            }
        }
        return known;
    }
}
