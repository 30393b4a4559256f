package io.culprit.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * SHA-256 of a configuration's files, computed when somebody asks: looking for a digest makes the JDK load its security
 * providers, which no start should wait for. Threads: any.
 */
public final class Fingerprint {
    private List<byte[]> content;
    private String hex = "";

    /** @param documents names and texts in the order they were read */
    public Fingerprint(List<Map.Entry<String, String>> documents) {
        content = documents.stream()
                .map(each -> (each.getKey() + '\0' + each.getValue() + '\0').getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** 64 hexadecimal digits. */
    public synchronized String hex() {
        if (hex.isEmpty()) {
            hex = HexFormat.of().formatHex(digest());
            content = List.of();
        }
        return hex;
    }

    private byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            content.forEach(digest::update);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
