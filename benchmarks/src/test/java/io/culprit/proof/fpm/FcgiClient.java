package io.culprit.proof.fpm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A FastCGI client of the test's own: raw records out, raw bytes in. */
final class FcgiClient {
    private final Path socket;

    FcgiClient(Path socket) {
        this.socket = socket;
    }

    /**
     * What came back.
     *
     * @param bytes every byte
     * @param ended {@code EOF}, or the kernel's error text
     * @param millis how long it took
     */
    record Reply(byte[] bytes, String ended, long millis) {
        /** {@code 200}, {@code 404}, or how it failed. */
        String verdict() {
            String text = bodyText();
            if (bytes.length == 0) {
                return ended;
            }
            String status = head().contains("Status: ") ? head().replaceAll("(?s).*Status: ([0-9]+).*", "$1") : "200";
            return text.isEmpty() && !complete() ? ended : complete() ? status : status + " torn by " + ended;
        }

        boolean complete() {
            return records().endsWith("END 8/0");
        }

        private String stdout() {
            var out = new StringBuilder();
            for (int at = 0; at + 8 <= bytes.length; at += 8 + length(at) + (bytes[at + 6] & 0xff)) {
                if (bytes[at + 1] == 6) {
                    out.append(new String(bytes, at + 8, length(at), StandardCharsets.ISO_8859_1));
                }
            }
            return out.toString();
        }

        private int length(int at) {
            return Math.min((bytes[at + 4] & 0xff) << 8 | bytes[at + 5] & 0xff, bytes.length - at - 8);
        }

        String head() {
            String all = stdout();
            int end = all.indexOf("\r\n\r\n");
            return end < 0 ? all : all.substring(0, end);
        }

        String bodyText() {
            String all = stdout();
            int end = all.indexOf("\r\n\r\n");
            return end < 0 ? "" : all.substring(end + 4);
        }

        /** Types, lengths and padding: {@code STDOUT 47/1 END 8/0}. */
        String records() {
            var out = new StringBuilder();
            for (int at = 0; at + 8 <= bytes.length; at += 8 + length(at) + (bytes[at + 6] & 0xff)) {
                String type = switch (bytes[at + 1]) {
                    case 3 -> "END";
                    case 6 -> "STDOUT";
                    case 7 -> "STDERR";
                    default -> "type " + bytes[at + 1];
                };
                out.append(out.isEmpty() ? "" : " ")
                        .append(type)
                        .append(' ')
                        .append(length(at))
                        .append('/')
                        .append(bytes[at + 6] & 0xff);
            }
            return out.toString();
        }
    }

    Reply get(String script) {
        return request("GET", "/srv/none/../" + script, "/" + script, "", Map.of());
    }

    Reply get(Path root, String script) {
        return request("GET", root + "/" + script, "/" + script, "", Map.of());
    }

    Reply page(String path, String query) {
        return request("GET", path, path, query, Map.of());
    }

    Reply request(String method, String file, String name, String query, Map<String, String> more) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("SCRIPT_FILENAME", file);
        params.put("SCRIPT_NAME", name);
        params.put("REQUEST_METHOD", method);
        params.put("QUERY_STRING", query);
        params.put("REQUEST_URI", query.isEmpty() ? name : name + "?" + query);
        params.putAll(more);
        return exchange(encode(params));
    }

    static byte[] encode(Map<String, String> params) {
        var content = new ByteArrayOutputStream();
        params.forEach((name, value) -> {
            length(content, name.length());
            length(content, value.length());
            content.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
            content.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
        });
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        out.writeBytes(new byte[] {1, 4, 0, 1, (byte) (content.size() >> 8), (byte) content.size(), 0, 0});
        out.writeBytes(content.toByteArray());
        out.writeBytes(new byte[] {1, 4, 0, 1, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0, 0, 0});
        return out.toByteArray();
    }

    private static void length(ByteArrayOutputStream out, int n) {
        if (n > 127) {
            out.writeBytes(ByteBuffer.allocate(4).putInt(n | 0x8000_0000).array());
        } else {
            out.write(n);
        }
    }

    /** Connects without blocking, as a gateway does, sends the bytes and reads to the end. */
    Reply exchange(byte[] request) {
        long start = System.nanoTime();
        var all = new ByteArrayOutputStream();
        String ended;
        try (SocketChannel channel = SocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(true);
            channel.write(ByteBuffer.wrap(request));
            ByteBuffer buffer = ByteBuffer.allocate(65_536);
            while (channel.read(buffer) >= 0) {
                all.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            ended = "EOF";
        } catch (IOException e) {
            ended = String.valueOf(e.getMessage());
        }
        return new Reply(all.toByteArray(), ended, (System.nanoTime() - start) / 1_000_000);
    }
}
