package io.culprit.sim.fault;

import io.culprit.sim.protocol.HttpRequest;
import io.culprit.sim.protocol.Wire;
import java.io.IOException;

/** One way an upstream misbehaves: one small file each. */
public interface Fault {
    /** The value of {@code fault=}. */
    String name();

    /** One line for {@code --help}: what it does and which parameters it takes. */
    String help();

    /**
     * Misbehaves. The request's head was read, its body was not.
     *
     * @return true when the connection is fit for another request
     * @throws IllegalArgumentException when a parameter makes no sense; answered with 400
     */
    boolean play(Wire wire, HttpRequest request, Spec spec) throws IOException;
}
