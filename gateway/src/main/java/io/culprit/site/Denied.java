package io.culprit.site;

import io.culprit.failure.Failure;

/** The path exists or might, but is not for clients. */
public record Denied(Failure failure) implements Resolution {}
