package io.culprit.sim.script.steps;

import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import java.io.IOException;

/** Prints that many bytes, a piece at a time. */
public record Out(int size) implements Step {
    private static final int PIECE = 64 * 1024;

    @Override
    public void run(Php php) throws IOException {
        for (int left = size; left > 0; left -= PIECE) {
            byte[] piece = new byte[Math.min(left, PIECE)];
            java.util.Arrays.fill(piece, (byte) 'x');
            php.echo(piece);
        }
    }
}
