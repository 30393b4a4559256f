package io.culprit.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.FastCgiConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteTest {
    @TempDir
    Path directory;

    private Path root;
    private Site site;

    @BeforeEach
    void files() throws IOException {
        root = Files.createDirectory(directory.resolve("www"));
        for (String each : List.of(
                "index.php",
                "a.txt",
                "dir/index.php",
                "html/index.html",
                "empty/x",
                "photo.jpg",
                ".git/config",
                ".well-known/token",
                "caf\u00e9.txt",
                "lib.inc",
                "x.PHP")) {
            Path file = root.resolve(each);
            Files.createDirectories(file.getParent());
            Files.writeString(file, each);
        }
        Files.writeString(directory.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(root.resolve("out.txt"), directory.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("outdir"), directory);
        Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
        site = new Site(config(true));
    }

    private FastCgiConfig config(boolean staticFiles) {
        return new FastCgiConfig(
                root,
                "index.php",
                staticFiles,
                List.of(".php"),
                "",
                Optional.empty(),
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                0,
                Map.of());
    }

    @Test
    void filesAndDirectories() {
        assertEquals(new StaticFile("a.txt"), site.resolve("/a.txt"));
        assertEquals(new StaticFile("caf\u00e9.txt"), site.resolve("/caf\u00c3\u00a9.txt"));
        assertEquals(new StaticFile("html/index.html"), site.resolve("/html/"));
        assertEquals(new Script("/dir/index.php", ""), site.resolve("/dir/"));
        assertEquals(new Script("/index.php", ""), site.resolve("/"));
        assertEquals(new Redirect(), site.resolve("/dir"));
        assertEquals(new StaticFile(".well-known/token"), site.resolve("/.well-known/token"));
    }

    @Test
    void scriptsAndTheFrontController() {
        assertEquals(new Script("/index.php", "/a/b"), site.resolve("/index.php/a/b"));
        assertEquals(new Script("/none.php", ""), site.resolve("/none.php"));
        assertEquals(new Script("/index.php", ""), site.resolve("/anything/else"));
        assertEquals(new Script("/index.php", ""), site.resolve("/a.txt/"));
        assertEquals(new Script("/index.php", ""), site.resolve("/" + "x".repeat(3000)));
        assertEquals(new Script("/index.php", ""), site.resolve("/loop"));
        assertEquals(new Script("/index.php", ""), site.resolve("/\u00ff\u00fe"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.git/config",
                "/.git",
                "/dir/.env",
                "/out.txt",
                "/outdir/secret.txt",
                "/outdir/",
                "/outdir",
                "/photo.jpg/x.php",
                "/empty/",
                "/lib.inc",
                "/x.PHP",
                "/.well-known/.secret"
            })
    void whatIsNotForClients(String path) {
        assertTrue(site.resolve(path) instanceof Denied, path + " is " + site.resolve(path));
    }

    @Test
    void withoutFilesOnlyThePathCounts() {
        Site blind = new Site(config(false));
        assertEquals(new Script("/index.php", ""), blind.resolve("/a.txt"));
        assertEquals(new Script("/none/x.php", "/y"), blind.resolve("/none/x.php/y"));
        assertEquals(new Script("/dir/index.php", ""), blind.resolve("/dir/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.php",
                "a.phtml",
                "a.PHP5",
                "a.php~",
                "a.php.bak",
                "a.php.2",
                "wp-config.php.save",
                "a.php_old",
                "a.phar",
                "x.inc",
                "a.php.jpg",
                "a.php.save.1",
                "a.php-bak~",
                "a.php.",
                "b.php (1)",
                "a.php.gz",
                ".a.php.swp"
            })
    void namesOfSources(String name) {
        assertTrue(SourceName.matches("/dir/" + name), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.txt", "php.png", "a.phpx.jpg", "graphic.svg", "inc.css", "php"})
    void namesOfOtherFiles(String name) {
        assertTrue(!SourceName.matches("/dir/" + name), name);
    }
}
