package io.culprit.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** Every command says in its own help how it is used, with an example that names it. */
class HelpTest {
    @TestFactory
    Stream<DynamicTest> everyCommandHasAnExample() {
        List<CommandLine> all = new ArrayList<>();
        collect(Main.commandLine(), all);
        all.remove(0); // the program itself lists its commands
        return all.stream()
                .map(each -> DynamicTest.dynamicTest(each.getCommandSpec().qualifiedName(), () -> {
                    String help = each.getUsageMessage();
                    assertTrue(help.contains("Example"), help);
                    String example = help.substring(help.indexOf("Example"));
                    assertTrue(example.contains("culprit"), help);
                    assertTrue(example.contains(each.getCommandName().replaceFirst("^culprit ", "")), help);
                }));
    }

    private static void collect(CommandLine command, List<CommandLine> all) {
        if (!command.getCommandSpec().usageMessage().hidden()) {
            all.add(command);
            command.getSubcommands().values().forEach(each -> collect(each, all));
        }
    }
}
