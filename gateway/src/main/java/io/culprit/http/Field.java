package io.culprit.http;

/**
 * One header or trailer field.
 *
 * @param name as it stands in HTTP/1.1; HTTP/2 sends it in lower case
 * @param value one character per byte, without CR, LF and NUL
 */
public record Field(String name, String value) {}
