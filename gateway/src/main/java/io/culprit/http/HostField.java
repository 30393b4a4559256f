package io.culprit.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads hosts with their optional port, and remembers the last: nearly every request of a connection names the same. */
public final class HostField {
    private static final Pattern SHAPE = Pattern.compile("(\\[[0-9a-f:.%]+]|[a-z0-9._~!$&'()*+;=%-]+)(:[0-9]{0,5})?");

    private byte[] lastBytes = {};
    private String last = "";
    private String lastName = "";

    /** The host of {@code bytes[from, to)} in lower case; empty when it is none. */
    String read(byte[] bytes, int from, int to) {
        if (isLast(bytes, from, to)) {
            return last;
        }
        String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (!SHAPE.matcher(text).matches()) {
            return "";
        }
        lastBytes = Arrays.copyOfRange(bytes, from, to);
        last = text;
        lastName = withoutPort(text);
        return text;
    }

    /** {@link #withoutPort} of a host that {@link #read} gave, made once for the last. */
    String name(String host) {
        return host == last ? lastName : withoutPort(host);
    }

    private boolean isLast(byte[] bytes, int from, int to) {
        if (to - from != lastBytes.length) {
            return false;
        }
        for (int i = 0; i < lastBytes.length; i++) {
            if (bytes[from + i] != lastBytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** A host as {@link RequestHead#host} gives it, its port taken off, and the dot of a name's root, as nginx does. */
    public static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
