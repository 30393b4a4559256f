package io.culprit.triage.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** Spark with executors in processes of their own, on this machine: what they get is serialised, what they give is shuffled. */
final class Cluster {
    private Cluster() {}

    /**
     * Starts two workers of one executor each, from an installation of Spark made of this test's jars.
     *
     * @param folder an empty folder for what they write
     */
    static SparkSession start(Path folder) throws IOException {
        Path home = Path.of(System.getenv("SPARK_HOME"));
        Path jars = Files.createDirectories(home.resolve("jars"));
        List<String> classPath = new ArrayList<>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path entry = Path.of(each).toAbsolutePath();
            if (Files.isDirectory(entry)) {
                classPath.add(entry.toString());
            } else {
                Path link = jars.resolve(entry.getFileName());
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, entry);
            }
        }
        return SparkSession.builder()
                .master("local-cluster[2,1,900]")
                .appName("test")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.memory", "900m")
                .config("spark.executor.extraClassPath", String.join(File.pathSeparator, classPath))
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "4")
                .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.local.dir", folder.resolve("local").toString())
                .getOrCreate();
    }
}
