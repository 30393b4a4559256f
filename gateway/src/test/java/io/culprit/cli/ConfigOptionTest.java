package io.culprit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Where the configuration is looked for that nobody names: in this folder, which has none here, and beside the launcher. */
class ConfigOptionTest {
    @TempDir
    Path home;

    @AfterEach
    void forget() {
        System.clearProperty("culprit.home");
    }

    private static CommandLine command(StringWriter said) {
        CommandLine command = Main.commandLine();
        command.setErr(new PrintWriter(said, true));
        command.setOut(new PrintWriter(said, true));
        return command;
    }

    @Test
    void bothPlacesAreNamedWhereThereIsNone() {
        System.setProperty("culprit.home", home.toString());
        StringWriter said = new StringWriter();
        assertEquals(2, command(said).execute("check"));
        Path here = Path.of("conf", "culprit.yaml").toAbsolutePath();
        assertTrue(
                said.toString().contains("there is neither " + here + " nor " + home.resolve("conf/culprit.yaml")),
                said.toString());
        assertTrue(said.toString().contains("name one with -c FILE"), said.toString());
    }

    @Test
    void theOneBesideTheLauncherIsTaken() throws Exception {
        System.setProperty("culprit.home", home.toString());
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(home.resolve("conf/culprit.yaml"), """
                listen: [ { address: "127.0.0.1:0" } ]
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """);
        assertEquals(0, command(new StringWriter()).execute("check"));
    }
}
