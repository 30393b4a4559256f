package io.culprit.proof.fpm;

/** The same scripts for both: PHP for the real FPM, steps for the simulated one. */
enum Script {
    HELLO("hello.php", "<?php echo 'hello';", "echo=hello"),
    EMPTY("exit.php", "<?php exit();", "exit"),
    SLEEP("sleep.php", "<?php usleep(700000); echo 'slept';", "sleep=700ms | echo=slept"),
    LONG("long.php", "<?php usleep(2600000); echo 'slept';", "sleep=2600ms | echo=slept"),
    BUSY("busy.php", "<?php for ($i = 0; $i < 15; $i++) usleep(100000); echo 'done';", "query=1500ms | echo=done"),
    OUT_20K("out20.php", "<?php echo str_repeat('x', 20000);", "out=20000"),
    OUT_8000("out8.php", "<?php echo str_repeat('x', 8000);", "out=8000"),
    PIECES("pieces.php", "<?php for ($i = 0; $i < 200; $i++) echo str_repeat('x', 100);", pieces()),
    FLUSHES(
            "flush.php",
            "<?php echo 'one'; ob_flush(); flush(); echo 'two'; ob_flush(); flush(); echo 'three';",
            "echo=one | flush | echo=two | flush | echo=three"),
    FATAL("fatal.php", "<?php undefined_fn();", "fatal"),
    FATAL_AFTER("after.php", "<?php echo 'before'; undefined_fn();", "echo=before | fatal"),
    LOGS("log.php", "<?php error_log('x'); error_log('y'); echo 'hello';", "log=x | log=y | echo=hello"),
    STATUS("status.php", "<?php http_response_code(404); echo 'nope';", "status=404 | echo=nope"),
    TEAPOT("teapot.php", "<?php http_response_code(418); echo 'tea';", "status=418 | echo=tea"),
    REDIRECT("redirect.php", "<?php header('Location: /x');", "location=/x"),
    HEADERS("headers.php", "<?php header('A: 1'); header('B: 2'); echo 'hi';", "header=A: 1 | header=B: 2 | echo=hi"),
    BIG_HEADER(
            "bigheader.php",
            "<?php header('X-Big: ' . str_repeat('h', 5000)); echo 'hello';",
            "big_header=5000 | echo=hello"),
    NO_SCRIPT("plain.txt", "no script", "exit");

    private final String file;
    private final String php;
    private final String steps;

    Script(String file, String php, String steps) {
        this.file = file;
        this.php = php;
        this.steps = steps;
    }

    private static String pieces() {
        return String.join(" | ", java.util.Collections.nCopies(200, "out=100"));
    }

    String file() {
        return file;
    }

    String php() {
        return php;
    }

    String steps() {
        return steps;
    }
}
