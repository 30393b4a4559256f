package io.culprit.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.woff2 | font/woff2",
                "a.woff | font/woff",
                "a.mjs | text/javascript; charset=utf-8",
                "a.js | text/javascript; charset=utf-8",
                "a.wasm | application/wasm",
                "a.avif | image/avif",
                "a.webp | image/webp",
                "a.webm | video/webm",
                "a.mp4 | video/mp4",
                "a.mp3 | audio/mpeg",
                "a.json | application/json",
                "a.map | application/json",
                "a.svg | image/svg+xml",
                "favicon.ico | image/vnd.microsoft.icon",
                "a.webmanifest | application/manifest+json",
                "a.xml | text/xml",
                "a.md | text/markdown; charset=utf-8",
                "a.txt | text/plain; charset=utf-8",
                "a.css | text/css; charset=utf-8",
                "INDEX.HTML | text/html; charset=utf-8",
                "a.csv | text/csv; charset=utf-8",
                "a.pdf | application/pdf",
                "a.tar.gz | application/gzip",
                "a.unknown | application/octet-stream",
                "name | application/octet-stream"
            })
    void typesOfToday(String name, String type) {
        assertEquals(type, MediaTypes.of(name));
    }
}
