package io.culprit.sim.scenario;

/** Finds a place to listen for pools whose file does not say where. */
public interface Listens {
    /**
     * @param pool name of the pool
     * @param tcp whether the file asks for a port of the kernel's choice rather than a unix socket
     * @return {@code /path} or {@code host:port}
     */
    String address(String pool, boolean tcp);
}
