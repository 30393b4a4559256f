package io.culprit.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Wrong usage is told in a line or two: a whole page of help below would hide what was wrong. */
public final class ShortUsage implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (arguments.length == 0) {
            command.usage(err); // whoever says nothing asks what there is
            return command.getCommandSpec().exitCodeOnInvalidInput();
        }
        String message = String.valueOf(e.getMessage());
        err.println(message.startsWith("culprit: ") ? message : "culprit: " + message);
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println(command.getCommandSpec().qualifiedName() + " --help tells what there is");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }
}
