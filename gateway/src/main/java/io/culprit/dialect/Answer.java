package io.culprit.dialect;

/**
 * What one gateway would have answered for one cause: a cell of {@code dialects.tsv}.
 *
 * @param status status it answers, 0 for one that is relayed or not sent at all
 * @param statusKnown false where nobody knows; {@code status} is then what RFC 9209 recommends
 * @param flag its short machine state: HAProxy's four characters, Envoy's flag and details, Apache's AH numbers, nginx's
 *     {@code next_upstream} class
 * @param log its log line or body text, {@code -} for none, {@code ?} where nobody knows
 * @param evidence rows of the fact tables the cell rests on, or how it was inferred
 */
public record Answer(int status, boolean statusKnown, String flag, String log, String evidence) {
    /** The log text with its placeholders filled in. */
    public String log(String peer, String host, String detail) {
        return log.replace("{peer}", peer).replace("{host}", host).replace("{detail}", detail);
    }
}
