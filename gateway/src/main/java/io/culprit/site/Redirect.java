package io.culprit.site;

/** A directory was asked for without the slash at its end; its pages' relative links would miss it. */
public record Redirect() implements Resolution {}
