package io.culprit.proof.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./culprit} itself, in a folder as a clone is one, with a Maven that copies and programs that say how they were called. */
class LauncherTest {
    private static final List<String> MODULES = List.of("gateway", "upstream-sim", "benchmarks");

    /** All that the launcher may use besides a shell; Maven is there when a test puts it there. */
    private static final List<String> TOOLS = List.of(
            "bash",
            "cp",
            "dirname",
            "env",
            "find",
            "grep",
            "head",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "tail",
            "touch");

    @TempDir
    Path directory;

    private Path home;
    private Path echo;
    private Path tools;

    /** What stands in the place of all programs. */
    public static final class Echo {
        private Echo() {}

        public static void main(String[] args) throws Exception {
            Path jar = Path.of(Echo.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            System.out.println(jar.getFileName() + " " + String.join(" ", args));
            System.out.println("home " + System.getProperty("culprit.home"));
        }
    }

    /** What came of a call. */
    private record Called(int exit, String out, String err) {}

    @BeforeEach
    void lay() throws Exception {
        home = Files.createDirectories(directory.resolve("clone"));
        Path launcher = Path.of("..").toAbsolutePath().normalize().resolve("culprit");
        Files.copy(launcher, home.resolve("culprit"));
        executable(home.resolve("culprit"));
        echo = echo(directory.resolve("echo.jar"));
        tools = Files.createDirectories(directory.resolve("tools"));
        for (String each : TOOLS) {
            Path tool = tools.resolve(each);
            Files.writeString(tool, "#!/bin/sh\nexec /usr/bin/" + each + " \"$@\"\n");
            executable(tool);
        }
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        for (String each : MODULES) {
            Files.createDirectories(home.resolve(each).resolve("src/main"));
            Files.writeString(home.resolve(each).resolve("pom.xml"), "<project/>");
            Files.writeString(home.resolve(each).resolve("src/main/A.java"), "class A {}");
        }
    }

    private static Path echo(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
        String name = Echo.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream in = Echo.class.getClassLoader().getResourceAsStream(name)) {
            out.putNextEntry(new JarEntry(name));
            in.transferTo(out);
        }
        return jar;
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Copies the programs where a build would put them. */
    private void maven(String script) throws IOException {
        Path maven = tools.resolve("mvn");
        Files.writeString(maven, "#!/bin/bash\n" + script);
        executable(maven);
    }

    private void copyingMaven() throws IOException {
        StringBuilder script = new StringBuilder();
        for (String each : MODULES) {
            script.append("mkdir -p %1$s/target; cp %2$s %1$s/target/%1$s-1.0-all.jar%n".formatted(each, echo));
        }
        maven(script.toString());
    }

    private void built(String version) throws IOException {
        for (String each : MODULES) {
            Path jar = Files.createDirectories(home.resolve(each).resolve("target"))
                    .resolve(each + "-" + version + "-all.jar");
            Files.copy(echo, jar);
            Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
        }
    }

    private Called call(String... args) throws IOException, InterruptedException {
        return call(home.resolve("culprit"), args);
    }

    private Called call(Path launcher, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("CULPRIT_JAVA_OPTS");
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it hangs");
        return new Called(
                process.exitValue(),
                Files.readString(directory.resolve("out")),
                Files.readString(directory.resolve("err")));
    }

    @Test
    void itBuildsOnFirstUseAndNotAgain() throws Exception {
        copyingMaven();
        Called first = call("check", "-c", "x.yaml");
        assertTrue(first.err().contains("Building culprit for the first time"), first.err());
        assertTrue(first.out().startsWith("gateway-1.0-all.jar check -c x.yaml\n"), first.out() + first.err());
        assertTrue(first.out().contains("home " + home.toRealPath()), first.out());
        Called second = call("check");
        assertEquals("", second.err());
        assertEquals(0, second.exit());
    }

    /** After a pull the old program would run in silence. */
    @Test
    void itBuildsAgainWhenASourceIsNewer() throws Exception {
        copyingMaven();
        built("1.0");
        assertEquals("", call("check").err());
        Path source = home.resolve("benchmarks/src/main/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        String said = call("check").err();
        assertTrue(said.contains("Building culprit again, its sources are newer than what was built"), said);
    }

    @Test
    void withoutMavenItRunsWhatThereIsAndSaysThatItIsOld() throws Exception {
        Called none = call("check");
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("culprit is not built yet and mvn is missing"), none.err());
        built("1.0");
        Files.setLastModifiedTime(
                home.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
        Called old = call("check");
        assertEquals(0, old.exit());
        assertTrue(old.err().contains("mvn is missing: running what was built before"), old.err());
        assertTrue(old.out().startsWith("gateway-1.0-all.jar check"), old.out());
    }

    @Test
    void aBuildThatFailsSaysWhyAndWhereItsLogIs() throws Exception {
        maven("echo '[INFO] hello'; echo '[ERROR] A.java:1: no such thing'; exit 1\n");
        Called failed = call("check");
        assertEquals(1, failed.exit());
        assertTrue(failed.err().contains("[ERROR] A.java:1: no such thing"), failed.err());
        assertTrue(failed.err().contains("The build failed; " + home.toRealPath() + "/target/build.log"), failed.err());
        assertEquals("", failed.out());
    }

    @Test
    void eachCommandGoesToItsProgram() throws Exception {
        built("1.0");
        assertTrue(call("sim", "--listen", "x").out().startsWith("upstream-sim-1.0-all.jar --listen x\n"));
        assertTrue(call("loadtest", "plan.yaml").out().startsWith("benchmarks-1.0-all.jar loadtest plan.yaml\n"));
        assertTrue(call("rehearse", "a")
                .out()
                .startsWith(
                        "benchmarks-1.0-all.jar rehearse a --scenarios " + home.toRealPath() + "/conf/scenarios\n"));
        assertTrue(call("--help").out().startsWith("gateway-1.0-all.jar --help\n"));
        assertTrue(call("with a space", "b").out().startsWith("gateway-1.0-all.jar with a space b\n"));
    }

    /** A version that was raised leaves the jars of the one before where they were. */
    @Test
    void theNewestOfSeveralVersionsRuns() throws Exception {
        built("0.9");
        for (String each : MODULES) {
            Path jar = home.resolve(each).resolve("target").resolve(each + "-1.0-all.jar");
            Files.copy(echo, jar);
            Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(30)));
        }
        assertTrue(call("check").out().startsWith("gateway-1.0-all.jar check"));
    }

    /** As a package installs it: programs in lib, no sources, called by a link. */
    @Test
    void anInstalledOneIsCalledByALinkAndNeverBuilds() throws Exception {
        Path installed = Files.createDirectories(directory.resolve("usr/share/culprit/lib"));
        for (String each : MODULES) {
            Files.copy(echo, installed.resolve(each + "-1.0-all.jar"));
        }
        Path launcher = installed.resolveSibling("culprit");
        Files.copy(home.resolve("culprit"), launcher);
        executable(launcher);
        Path link = Files.createSymbolicLink(directory.resolve("link"), launcher);
        Called called = call(link, "check");
        assertTrue(called.out().startsWith("gateway-1.0-all.jar check"), called.err());
        assertTrue(called.out().contains("home " + launcher.getParent().toRealPath()), called.out());
        assertFalse(called.err().contains("Building"), called.err());
    }
}
