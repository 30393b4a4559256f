package io.culprit.config.read;

import io.culprit.config.AdminConfig;
import io.culprit.config.ListenConfig;
import io.culprit.config.Network;
import io.culprit.config.TlsConfig;
import io.culprit.config.TlsConfig.Certificate;
import io.culprit.config.TlsConfig.ClientVerify;
import io.culprit.config.TlsConfig.UnknownNames;
import io.culprit.listen.BindTrouble;
import io.culprit.tls.CipherNames;
import io.culprit.tls.Pem;
import io.culprit.tls.PemException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads entries of {@code listen}, and addresses. */
final class ListenReader {
    private ListenReader() {}

    static Optional<ListenConfig> listen(Section section) {
        try (section) {
            Optional<TlsConfig> tls = section.has("tls") ? Optional.of(tls(section.section("tls"))) : Optional.empty();
            boolean http2 = section.flag("http2", tls.isPresent());
            boolean proxyProtocol = section.flag("proxy_protocol", false);
            Optional<InetSocketAddress> address = address(section, "address", "");
            address.ifPresent(a -> HereCheck.bindable(section, section.at("address"), "address", a));
            return address.map(a -> new ListenConfig(a, tls, http2, proxyProtocol));
        }
    }

    /** That nobody listens, or that two would on one port. */
    static void collisions(Section top, List<ListenConfig> listen, Optional<AdminConfig> admin) {
        if (listen.isEmpty() && (!top.has("listen") || isEmptyList(top))) {
            top.problem(
                    top.has("listen") ? top.at("listen") : top.node(),
                    "\"listen\" is %s: no client could connect".formatted(top.has("listen") ? "empty" : "missing"));
        }
        for (int i = 0; i < listen.size(); i++) {
            InetSocketAddress address = listen.get(i).address();
            for (int j = 0; j < i; j++) {
                InetSocketAddress other = listen.get(j).address();
                if (address.equals(other) && address.getPort() != 0) {
                    top.problem(top.at("listen"), "\"listen\" has %s twice".formatted(BindTrouble.shown(address)));
                } else if (collide(address, other)) {
                    top.problem(
                            top.at("listen"),
                            "\"listen\" has %s and %s, of which one takes the other's port"
                                    .formatted(BindTrouble.shown(other), BindTrouble.shown(address)));
                }
            }
            if (admin.isPresent() && collide(address, admin.get().address())) {
                top.problem(
                        top.at("admin"),
                        "\"admin\" and \"listen\" both want port %d of %s"
                                .formatted(
                                        address.getPort(), address.getAddress().getHostAddress()));
            }
        }
    }

    private static boolean isEmptyList(Section top) {
        return top.value("listen")
                .filter(node ->
                        node instanceof SequenceNode list && list.getValue().isEmpty())
                .isPresent();
    }

    /** Whether the kernel refuses the second of them; an address for all of IPv6 is one for IPv4, too. */
    private static boolean collide(InetSocketAddress one, InetSocketAddress other) {
        if (one.getPort() != other.getPort() || one.getPort() == 0) {
            return false;
        }
        InetAddress a = one.getAddress();
        InetAddress b = other.getAddress();
        return a.equals(b) || takes(a, b) || takes(b, a);
    }

    private static boolean takes(InetAddress all, InetAddress one) {
        return all.isAnyLocalAddress() && (all instanceof Inet6Address || one instanceof Inet4Address);
    }

    private static TlsConfig tls(Section section) {
        try (section) {
            List<Certificate> certificates = new ArrayList<>();
            if (section.has("certificate") || section.has("key")) {
                certificate(section).ifPresent(certificates::add);
            }
            certificates.addAll(section.list("certificates", (node, name) -> {
                try (Section each = section.section(node, name)) {
                    return certificate(each);
                }
            }));
            if (certificates.isEmpty() && !section.has("certificate") && !section.has("certificates")) {
                section.problem(section.node(), "\"" + section.name("certificate") + "\" is missing: a PEM file");
            }
            Optional<Path> clientCa = section.text("client_ca").map(Path::of);
            clientCa.ifPresent(ca -> checkCa(section, ca));
            if (clientCa.isEmpty() && section.has("client_verify")) {
                section.problem(
                        section.at("client_verify"), "\"" + section.name("client_verify") + "\" needs client_ca");
            }
            List<String> ciphers = section.list("ciphers", (node, name) -> {
                Optional<String> cipher = section.text(node, name);
                if (cipher.isPresent() && !CipherNames.isKnown(cipher.get())) {
                    section.problem(
                            node,
                            "\"%s\" is \"%s\"; a cipher suite of TLS 1.2 was expected, such as ECDHE-ECDSA-AES128-GCM-SHA256"
                                    .formatted(name, Section.shown(cipher.get())));
                }
                return cipher;
            });
            return new TlsConfig(
                    certificates,
                    clientCa,
                    section.choice("client_verify", ClientVerify.REQUIRED, ClientVerify.class),
                    section.oneOf("min_version", "1.2", Set.of("1.2", "1.3")),
                    ciphers,
                    section.choice("unknown_names", UnknownNames.DEFAULT, UnknownNames.class));
        }
    }

    /** A certificate and its key; both may lie in one file. */
    static Optional<Certificate> certificate(Section section) {
        Optional<String> file = section.text("certificate");
        if (file.isEmpty()) {
            section.problem(section.node(), "\"" + section.name("certificate") + "\" is missing: a PEM file");
            return Optional.empty();
        }
        Path certificate = Path.of(file.get());
        Path key = Path.of(section.text("key", file.get()));
        String passphrase = section.text("passphrase", "");
        if (!Files.exists(certificate)) {
            section.here(section.at("certificate"), certificate + " does not exist");
        } else if (!Files.exists(key)) {
            section.here(section.at("key"), key + " does not exist");
        } else {
            try {
                Pem.chain(certificate, key, passphrase);
            } catch (PemException e) {
                section.problem(section.at("certificate"), String.valueOf(e.getMessage()));
            }
        }
        return Optional.of(new Certificate(certificate, key, passphrase));
    }

    static void checkCa(Section section, Path file) {
        String key = section.has("client_ca") ? "client_ca" : "ca";
        if (!Files.exists(file)) {
            section.here(section.at(key), file + " does not exist");
            return;
        }
        try {
            Pem.certificates(file);
        } catch (PemException e) {
            section.problem(section.at(key), String.valueOf(e.getMessage()));
        }
    }

    static Optional<InetSocketAddress> address(Section section, String key, String fallback) {
        Optional<String> text = section.text(key).or(() -> Optional.of(fallback).filter(f -> !f.isEmpty()));
        if (text.isEmpty()) {
            section.problem(section.node(), "\"" + section.name(key) + "\" is missing, such as 0.0.0.0:8080");
            return Optional.empty();
        }
        Optional<InetSocketAddress> parsed = socketAddress(text.get());
        if (parsed.isEmpty()) {
            section.problem(
                    section.at(key),
                    "\"%s\" is \"%s\"; an address and port were expected, such as 0.0.0.0:8080 or [::1]:8080"
                            .formatted(section.name(key), Section.shown(text.get())));
        }
        return parsed;
    }

    static Optional<InetSocketAddress> socketAddress(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.equals("localhost")) {
            host = "127.0.0.1";
        }
        Optional<byte[]> literal = Network.literalAddress(host);
        if (port > 65535 || literal.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new InetSocketAddress(InetAddress.getByAddress(literal.get()), port));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
