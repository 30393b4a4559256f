package io.culprit.record;

/** The version of this program, as its jar says. */
public final class Version {
    private Version() {}

    /** E.g. {@code 0.1.0}, or that it runs from classes. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(built from classes)" : version;
    }
}
