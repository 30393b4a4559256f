package io.culprit.sim.pool.figures;

/** Where a worker stands in its request; the titles are the status page's. */
public enum RequestStage {
    IDLE("Idle"),
    READING_HEADERS("Reading headers"),
    INFO("Getting request information"),
    RUNNING("Running"),
    ENDING("Ending"),
    FINISHING("Finishing");

    private final String title;

    RequestStage(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
