package io.culprit.triage.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NginxConfTest {
    @TempDir
    Path folder;

    @Test
    void directivesKeepTheirPlace() throws Exception {
        Path file = write(
                "nginx.conf",
                "# c\nuser a b;\nhttp {\n  server {\n    location ~ \"\\.(php|x{2})$\" { root '/a b'; }\n  }\n}\n");
        Directive root = NginxConf.read(file).root();
        assertEquals(List.of("a", "b"), root.last("user").orElseThrow().args());
        Directive location = root.last("http")
                .orElseThrow()
                .last("server")
                .orElseThrow()
                .last("location")
                .orElseThrow();
        assertEquals(List.of("~", "\\.(php|x{2})$"), location.args());
        assertEquals("/a b", location.last("root").orElseThrow().arg(0));
        assertEquals(5, location.line());
    }

    @Test
    void includesAreFollowed() throws Exception {
        write("conf.d/b.conf", "server { listen 2; }");
        write("conf.d/a.conf", "server { listen 1; }");
        Path file = write("nginx.conf", "http { include conf.d/*.conf; include gone/*.conf; include gone.conf; }");
        NginxConf.Parsed parsed = NginxConf.read(file);
        List<Directive> servers =
                parsed.root().last("http").orElseThrow().all("server").toList();
        assertEquals("1", servers.get(0).last("listen").orElseThrow().arg(0));
        assertEquals("2", servers.get(1).last("listen").orElseThrow().arg(0));
        assertEquals(List.of(file + ":1: include gone.conf: there is no such file"), parsed.problems());
    }

    @Test
    void whatIsBrokenIsNamedWithItsPlace() throws Exception {
        assertBroken("a {", ":1:4: the file ends within a block");
        assertBroken("a b", ":1:4: \"a\" has no end: a ; or { is missing");
        assertBroken("a { b }", ":1:7: \"b\" is not ended by ;");
        assertBroken("}\n", ":1:1: a } without its {");
        assertBroken("a 'b;\n", ":1:3: a quote that has no end");
        assertBroken("include nginx.conf;", "nested too deep");
        assertBroken("a b\0c;", ":1:3: a NUL byte");
        assertBroken("a ${b\0};", ":1:3: a NUL byte");
        assertBroken("include 'a\0';", ":1:9: a NUL byte");
        assertBroken("\0h\0t\0t\0p", ":1:1: a NUL byte");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "events x",
                "geo",
                "geo $a $b c",
                "http x",
                "if",
                "limit_except",
                "location",
                "location = / x",
                "map $a",
                "map $a $b c",
                "server x",
                "split_clients $a",
                "split_clients a $b c",
                "types x",
                "upstream",
                "upstream a b"
            })
    void aBlockWithAnotherNumberOfArgumentsIsRefusedAsNginxDoes(String block) throws Exception {
        String name = block.replaceFirst(" .*", "");
        assertBroken("\n " + block + " {}", ":2:2: invalid number of arguments in \"" + name + "\"");
    }

    @Test
    void includesAreNginxsPatternsNotTheJvms() throws Exception {
        write("a{1.conf", "a 1;");
        write("b1.conf", "b 1;");
        write("sites/.a.swp", "\0");
        write("sites/a", "c 1;");
        write("modules/x/m.conf", "d 1;");
        write("modules/.y/m.conf", "e 1;");
        Path file = write(
                "nginx.conf",
                "include \"a{*.conf\"; include \"{a,b}*.conf\"; include b[; include sites/*; include modules/*/*.conf; include gone/*/x;");
        NginxConf.Parsed parsed = NginxConf.read(file);
        assertTrue(parsed.root().has("a"));
        assertFalse(parsed.root().has("b"));
        assertTrue(parsed.root().has("c"));
        assertTrue(parsed.root().has("d"));
        assertFalse(parsed.root().has("e"));
        assertEquals(List.of(), parsed.problems());
    }

    @Test
    void amountsAreRead() {
        assertEquals(90, Amount.seconds("1m30s", 1).orElseThrow());
        assertEquals(0.5, Amount.seconds("500ms", 1).orElseThrow());
        assertEquals(5, Amount.seconds("5000", 0.001).orElseThrow());
        assertTrue(Amount.seconds("soon", 1).isEmpty());
        assertEquals(128L << 20, Amount.bytes("128M").orElseThrow());
        assertTrue(Amount.bytes("-1").isEmpty());
    }

    private void assertBroken(String text, String message) throws Exception {
        Path file = write("nginx.conf", text);
        ConfException e = assertThrows(ConfException.class, () -> NginxConf.read(file));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    private Path write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
