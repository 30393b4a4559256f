package io.culprit.site;

/** What a path of a site stands for. */
public sealed interface Resolution permits Script, StaticFile, Redirect, Denied {}
