package io.culprit.sim.script;

/** Adds a header line. */
record Header(String line) implements Step {
    Header {
        if (line.indexOf(':') < 1 || line.chars().anyMatch(c -> c == '\r' || c == '\n')) {
            throw new IllegalArgumentException("\"" + line + "\": NAME:VALUE was expected");
        }
    }

    @Override
    public void run(Php php) {
        php.header(line);
    }
}
