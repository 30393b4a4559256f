package io.culprit.admission;

import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;

/** A request that wants to enter; all methods are called on its own loop. */
public interface Applicant {
    IoLoop loop();

    /** A place became free; the applicant owns a {@link Admission} ticket now and must release it. */
    void admitted();

    /** It waited in vain; there is nothing to release. */
    void refused(Failure failure);
}
