package io.culprit.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.culprit.triage.lint.App;
import io.culprit.triage.lint.Diff;
import io.culprit.triage.lint.Edge;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Lint;
import io.culprit.triage.lint.Setup;
import io.culprit.triage.translate.NginxTranslation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Any bytes as a configuration: what is wrong with it is said, and a line that is named is one of the file's. */
public final class ConfigurationsFuzzTarget {
    private static final List<String> NAMES = List.of(
            "nginx.conf", "www.conf", "php.ini", "wp-config.php", "haproxy.cfg", "apache2.conf", "gunicorn.conf.py");

    private static final Path FOLDER = Scratch.folder();

    private ConfigurationsFuzzTarget() {}

    public static List<byte[]> seeds() {
        return Stream.of(
                        "events {}\nhttp { upstream a { server 127.0.0.1:1 weight=2; keepalive 4; } server { listen 80 default_server; location ~ ^/(.*)$ { set $p $1; proxy_pass http://a/$p; if ($http_origin ~ 'a.b') { return 403; } } location /i { alias /srv/; } } }",
                        "events {} http { map $uri $b { default a; ~^/x(?<y>.*) $y; } server { server_name *.a ~^b; if ($geo) { return 403; } rewrite ^/(.*)$ /x/$1 last; location = / { return 301 https://$host$uri; } } }",
                        "[www]\nlisten = /run/a.sock\npm = dynamic\npm.max_children = 5\nphp_admin_value[memory_limit] = 128M\n",
                        "[PHP]\npost_max_size = 8M\nmax_execution_time = 30\n",
                        "<?php\ndefine('DB_NAME', 'x');\ndefine( 'WP_DEBUG', true );\n",
                        "defaults\n  mode http\n  timeout connect 5s\nfrontend web\n  bind :80\n  default_backend a\nbackend a\n  server s 127.0.0.1:1\n",
                        "<VirtualHost *:80>\nProxyPass / http://127.0.0.1:1/ retry=0\nTimeout 60\n</VirtualHost>\n",
                        "workers = 3\ntimeout = 0\nkeepalive = 2\n")
                .map(text -> (text + "\0").getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws IOException {
        String name = NAMES.get(data.consumeInt(0, NAMES.size() - 1));
        byte[] bytes = data.consumeRemainingAsBytes();
        Path file = Files.write(FOLDER.resolve(name), bytes);
        Setup setup = new Setup(Edge.CLOUDFLARE, App.NONE, 1L << 30);
        setup.add(file);
        List<Flaw> flaws = Lint.of(setup);
        long lines = new String(bytes, StandardCharsets.ISO_8859_1).lines().count();
        for (Flaw each : flaws) {
            if (each.line() < 1 || each.line() > Math.max(1, lines)) {
                throw new AssertionError("line " + each.line() + " of " + lines + ": " + each);
            }
        }
        Diff.of(flaws);
        if (name.equals("nginx.conf")) {
            NginxTranslation.of(file);
        }
    }
}
