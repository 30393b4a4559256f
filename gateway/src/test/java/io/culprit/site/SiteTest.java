package io.culprit.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.FastCgiConfig.Links;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
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
        site = new Site(config(true, Links.WITHIN));
    }

    private FastCgiConfig config(boolean staticFiles, Links links) {
        return config(staticFiles, links, false);
    }

    private FastCgiConfig config(boolean staticFiles, Links links, boolean precompressed) {
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
                links,
                precompressed,
                Map.of());
    }

    private StaticFile file(String path) throws IOException {
        return file(path, root.toRealPath().resolve(path.substring(1)));
    }

    private static StaticFile file(String path, Path real) throws IOException {
        return new StaticFile(
                path,
                real,
                Files.readAttributes(real, BasicFileAttributes.class).fileKey());
    }

    @Test
    void filesAndDirectories() throws IOException {
        assertEquals(file("/a.txt"), site.resolve("/a.txt"));
        assertEquals(
                file("/caf\u00c3\u00a9.txt", root.toRealPath().resolve("caf\u00e9.txt")),
                site.resolve("/caf\u00c3\u00a9.txt"));
        assertEquals(file("/html/index.html"), site.resolve("/html/"));
        assertEquals(new Script("/dir/index.php", ""), site.resolve("/dir/"));
        assertEquals(new Script("/index.php", ""), site.resolve("/"));
        assertEquals(new Redirect(), site.resolve("/dir"));
        assertEquals(file("/.well-known/token"), site.resolve("/.well-known/token"));
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
        Site blind = new Site(config(false, Links.WITHIN));
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
                "a.phpbak",
                "a.phporig",
                "a.php56",
                "a.php7old",
                "a.phptml",
                "a.phpx.jpg",
                "lib.inc~",
                "lib.inc2.txt",
                ".a.php.swp"
            })
    void namesOfSources(String name) {
        assertTrue(SourceName.matches("/dir/" + name, List.of(".php")), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.txt", "php.png", "jquery.include.js", "graphic.svg", "inc.css", "php"})
    void namesOfOtherFiles(String name) {
        assertTrue(!SourceName.matches("/dir/" + name, List.of(".php")), name);
    }

    @Test
    void aLinkIsFollowedToWhatItsOwnerOwns() throws IOException {
        Path shared = Files.createDirectory(directory.resolve("javascript"));
        Files.writeString(shared.resolve("underscore.js"), "_");
        Files.writeString(shared.resolve("code.php"), "<?php");
        Files.createDirectory(shared.resolve(".git"));
        Files.writeString(shared.resolve(".git/config"), "secret");
        Files.createSymbolicLink(root.resolve("underscore.js"), Path.of("../javascript/underscore.js"));
        Files.createSymbolicLink(root.resolve("lib"), shared);
        Files.createSymbolicLink(root.resolve("code.txt"), shared.resolve("code.php"));
        Files.createSymbolicLink(root.resolve("config.txt"), shared.resolve(".git/config"));
        Site owner = new Site(config(true, Links.OWNER));
        Path real = shared.toRealPath().resolve("underscore.js");
        assertEquals(file("/underscore.js", real), owner.resolve("/underscore.js"));
        assertEquals(file("/lib/underscore.js", real), owner.resolve("/lib/underscore.js"));
        assertTrue(owner.resolve("/code.txt") instanceof Denied, "what it leads to is source");
        assertTrue(owner.resolve("/config.txt") instanceof Denied, "what it leads to is hidden");
        assertTrue(site.resolve("/underscore.js") instanceof Denied, "within: it leads out of the root");
        try (OpenFile opened = owner.open((StaticFile) owner.resolve("/underscore.js"), false, false)) {
            assertEquals(1, opened.size());
        }
    }

    @Test
    void aLinkOfSomebodyElseIsNotFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("passwd.txt"), Path.of("/etc/passwd"));
        UserPrincipal root0 = Files.getOwner(Path.of("/etc/passwd"));
        UserPrincipal us = Files.getOwner(root.resolve("passwd.txt"), LinkOption.NOFOLLOW_LINKS);
        if (us.equals(root0)) {
            UserPrincipal nobody =
                    root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.getFileAttributeView(
                            root.resolve("passwd.txt"),
                            java.nio.file.attribute.PosixFileAttributeView.class,
                            LinkOption.NOFOLLOW_LINKS)
                    .setOwner(nobody);
        }
        assertTrue(new Site(config(true, Links.OWNER)).resolve("/passwd.txt") instanceof Denied);
        assertTrue(new Site(config(true, Links.FOLLOW)).resolve("/passwd.txt") instanceof StaticFile);
    }

    @Test
    void whatWasFoundIsNotOpenedThroughALinkThatTookItsPlace() throws IOException {
        StaticFile found = (StaticFile) site.resolve("/html/index.html");
        Files.delete(root.resolve("html/index.html"));
        Files.createSymbolicLink(root.resolve("html/index.html"), directory.resolve("secret.txt"));
        org.junit.jupiter.api.Assertions.assertThrows(IOException.class, () -> site.open(found, false, false));
    }

    /** What is sent of a precompressed sibling is judged as the file itself would be. */
    @Test
    void precompressedSiblings() throws IOException {
        Files.writeString(root.resolve("a.txt.gz"), "gzip");
        Files.writeString(root.resolve("photo.jpg.br"), "br");
        Files.writeString(root.resolve("photo.jpg.gz"), "gzip");
        Files.writeString(root.resolve(".env"), "secret");
        Files.writeString(root.resolve("page.html"), "page");
        Files.writeString(root.resolve("style.css"), "style");
        Files.createSymbolicLink(root.resolve("page.html.gz"), Path.of(".env"));
        Files.createSymbolicLink(root.resolve("style.css.br"), Path.of("index.php"));
        Site compressed = new Site(config(true, Links.OWNER, true));
        assertEquals("gzip", content(compressed, "/a.txt", true, true));
        assertEquals("a.txt", content(compressed, "/a.txt", false, true));
        assertEquals("br", content(compressed, "/photo.jpg", true, true));
        assertEquals("gzip", content(compressed, "/photo.jpg", true, false));
        assertEquals("page", content(compressed, "/page.html", true, true), "the sibling is a link to a hidden file");
        assertEquals("style", content(compressed, "/style.css", true, true), "the sibling is a link to source");
        try (OpenFile plain = compressed.open(file("/a.txt"), false, false);
                OpenFile lonely = compressed.open(file("/page.html"), true, true)) {
            assertTrue(plain.varies());
            assertEquals("", plain.encoding());
            assertEquals(false, lonely.varies());
        }
    }

    /** Between look and open somebody puts another file there: it is judged anew, not served as the first. */
    @Test
    void whatIsServedIsWhatWasJudged() throws IOException {
        StaticFile judged = file("/a.txt");
        Files.writeString(root.resolve("new.txt"), "new");
        Files.move(root.resolve("new.txt"), root.resolve("a.txt"), StandardCopyOption.REPLACE_EXISTING);
        assertEquals("new", content(site, judged));
        Files.delete(root.resolve("a.txt"));
        Files.createSymbolicLink(root.resolve("a.txt"), Path.of(".git/config"));
        assertThrows(IOException.class, () -> content(site, judged));
    }

    private String content(Site from, String path, boolean gzip, boolean brotli) throws IOException {
        try (OpenFile file = from.open(file(path), gzip, brotli)) {
            return read(file);
        }
    }

    private static String content(Site from, StaticFile file) throws IOException {
        try (OpenFile opened = from.open(file, false, false)) {
            return read(opened);
        }
    }

    private static String read(OpenFile file) throws IOException {
        return new String(Channels.newInputStream(file.channel()).readAllBytes(), StandardCharsets.UTF_8);
    }
}
