package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which characters a part of a regular expression (PCRE, as nginx uses it) can match. Stateless. */
final class Captured {
    private Captured() {}

    /** The regular expression of {@code if ($x ~ ...)}. */
    static String ofCondition(Directive condition) {
        return condition.arg(2).replaceFirst("\\)$", "");
    }

    /** The regular expression that is a key of a {@code map}. */
    static String ofEntry(Directive entry) {
        return entry.name().replaceFirst("^~\\*?", "");
    }

    /** The source of a group by number, from 1, or by name; empty where there is none. */
    static Optional<String> group(String regex, String wanted) {
        List<Integer> starts = new ArrayList<>();
        List<String> names = new ArrayList<>();
        int number = 0;
        boolean inClass = false;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\') {
                i++;
            } else if (inClass) {
                inClass = c != ']';
            } else if (c == '[') {
                inClass = true;
            } else if (c == '(') {
                String name = name(regex, i);
                boolean captures = !regex.startsWith("(?", i) || !name.isEmpty();
                number += captures ? 1 : 0;
                starts.add(i);
                names.add(captures ? (name.isEmpty() ? Integer.toString(number) : number + " " + name) : "");
            } else if (c == ')' && !starts.isEmpty()) {
                int start = starts.remove(starts.size() - 1);
                String called = names.remove(names.size() - 1);
                if (List.of(called.split(" ")).contains(wanted)) {
                    String named = name(regex, start);
                    int from = named.isEmpty() ? start + 1 : regex.indexOf(named, start) + named.length() + 1;
                    return Optional.of(regex.substring(Math.min(from, i), i));
                }
            }
        }
        return Optional.empty();
    }

    /** The name of {@code (?<name>}, {@code (?P<name>} or {@code (?'name'}, empty for other groups. */
    private static String name(String regex, int open) {
        int from = regex.startsWith("(?P<", open) ? open + 4 : open + 3;
        boolean named = regex.startsWith("(?P<", open)
                || regex.startsWith("(?'", open)
                || regex.startsWith("(?<", open) && !regex.startsWith("(?<=", open) && !regex.startsWith("(?<!", open);
        int end = from;
        while (named
                && end < regex.length()
                && (Character.isLetterOrDigit(regex.charAt(end)) || regex.charAt(end) == '_')) {
            end++;
        }
        return named ? regex.substring(from, end) : "";
    }

    /** Whether some atom of this source matches the character. */
    static boolean canHold(String source, char wanted) {
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\\') {
                i++;
                if (i < source.length() && escape(source.charAt(i), wanted)) {
                    return true;
                }
            } else if (c == '[') {
                int end = classEnd(source, i);
                if (inClass(source.substring(i + 1, end), wanted)) {
                    return true;
                }
                i = end;
            } else if (c == '.') {
                if (wanted != '\n') {
                    return true;
                }
            } else if (c == '(' && source.startsWith("(?", i)) {
                i += Math.max(
                        1, source.startsWith("(?:", i) ? 2 : 2 + name(source, i).length());
            } else if (c == '{') {
                int end = source.indexOf('}', i);
                i = end < 0 ? i : end;
            } else if ("()|*+?^$".indexOf(c) < 0 && c == wanted) {
                return true;
            }
        }
        return false;
    }

    private static int classEnd(String source, int open) {
        int i = open + 1;
        if (i < source.length() && source.charAt(i) == '^') {
            i++;
        }
        if (i < source.length() && source.charAt(i) == ']') {
            i++; // first in its class it stands for itself
        }
        while (i < source.length() && source.charAt(i) != ']') {
            i += source.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(i, source.length());
    }

    private static boolean inClass(String members, char wanted) {
        boolean negated = members.startsWith("^");
        boolean found = false;
        for (int i = negated ? 1 : 0; i < members.length() && !found; i++) {
            char c = members.charAt(i);
            if (c == '\\' && i + 1 < members.length()) {
                i++;
                found = escape(members.charAt(i), wanted);
            } else if (i + 2 < members.length() && members.charAt(i + 1) == '-') {
                found = c <= wanted && wanted <= members.charAt(i + 2);
                i += 2;
            } else {
                found = c == wanted;
            }
        }
        return found != negated;
    }

    private static boolean escape(char escaped, char wanted) {
        boolean digit = wanted >= '0' && wanted <= '9';
        boolean word = digit || wanted == '_' || Character.isLetter(wanted);
        boolean space = Character.isWhitespace(wanted);
        return switch (escaped) {
            case 'd' -> digit;
            case 'D' -> !digit;
            case 'w' -> word;
            case 'W' -> !word;
            case 's' -> space;
            case 'S' -> !space;
            case 'n', 'R', 'v' -> wanted == '\n';
            case 't' -> wanted == '\t';
            case 'r' -> wanted == '\r';
            case 'b', 'B', 'A', 'z', 'Z' -> false;
            default -> escaped == wanted;
        };
    }
}
