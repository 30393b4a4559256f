package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** Files, scripts and the front controller of a PHP site. */
final class PhpSite {
    private final Upstreams upstreams;
    private final BiConsumer<Directive, String> left;

    /** @param left told what has no counterpart */
    PhpSite(Upstreams upstreams, BiConsumer<Directive, String> left) {
        this.upstreams = upstreams;
        this.left = left;
    }

    /**
     * The upstream of a site, with its {@code fastcgi} section; empty where it cannot be taken over.
     *
     * @param files the location of the files
     * @param scripts the one that hands scripts to FPM
     */
    Optional<String> upstream(Scope files, Scope scripts) {
        Directive pass = scripts.block().last("fastcgi_pass").orElseThrow();
        Optional<Directive> root = files.find("root").or(() -> scripts.find("root"));
        if (root.isEmpty()
                || root.get().arg(0).contains("$")
                || !root.get().arg(0).startsWith("/")) {
            left.accept(pass, "the document root is not known");
            return Optional.empty();
        }
        Optional<Directive> tried = files.block().last("try_files");
        String front = tried.map(Directive::lastArg)
                .orElse("")
                .replaceFirst("\\?.*", "")
                .replaceFirst("^/", "");
        String index = front.endsWith(".php")
                ? front
                : files.find("index").stream()
                        .flatMap(i -> i.args().stream())
                        .filter(a -> a.endsWith(".php"))
                        .findFirst()
                        .orElse("index.php");
        if (!front.endsWith(".php") && tried.isPresent()) {
            left.accept(
                    tried.get(),
                    "here what is no file goes to " + index + ", as with try_files $uri $uri/ /" + index
                            + ", and not to a 404");
        }
        StringBuilder site = new StringBuilder("    fastcgi:\n");
        site.append("      root: ").append(Yaml.text(root.get().arg(0))).append('\n');
        site.append("      index: ").append(Yaml.text(index)).append('\n');
        site.append("      static: true\n");
        files.find("disable_symlinks").ifPresentOrElse(x -> {}, () -> site.append("      links: follow\n"));
        Map<String, String> params = new LinkedHashMap<>();
        scripts.block().all("fastcgi_param").forEach(p -> param(p, params));
        if (!params.isEmpty()) {
            site.append("      params: ").append(Yaml.map(params)).append('\n');
        }
        return upstreams.of(scripts, pass, Optional.of(site.toString()));
    }

    private void param(Directive param, Map<String, String> params) {
        if (param.arg(1).contains("$")) {
            boolean usual = Set.of(
                            "SCRIPT_FILENAME",
                            "PATH_INFO",
                            "DOCUMENT_ROOT",
                            "SCRIPT_NAME",
                            "QUERY_STRING",
                            "HTTPS",
                            "SERVER_NAME")
                    .contains(param.arg(0));
            if (!usual && param.file().toString().indexOf("fastcgi") < 0) {
                left.accept(param, "a parameter made of a variable");
            }
        } else if (param.file().toString().indexOf("fastcgi_params") < 0
                && param.file().toString().indexOf("fastcgi.conf") < 0) {
            params.put(param.arg(0), param.arg(1));
        }
    }
}
