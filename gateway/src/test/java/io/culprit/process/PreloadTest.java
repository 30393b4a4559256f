package io.culprit.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

class PreloadTest {
    /** In a JVM of its own, since XNIO is loaded once. */
    @Test
    void theStartDoesWithoutAnMBeanServerAndLeavesOneToBeHad() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        assertEquals("worker made, MBeans of XNIO: 0, memory: true", said.strip());
    }

    /** What happens at a start, then what an agent does that attaches later. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) throws Exception {
            Preload.begin().join();
            XnioWorker worker = Xnio.getInstance().createWorker(OptionMap.EMPTY);
            System.out.print("worker made, ");
            var server = ManagementFactory.getPlatformMBeanServer();
            int registered =
                    server.queryNames(new ObjectName("org.xnio:*"), null).size();
            boolean memory = server.isRegistered(new ObjectName(ManagementFactory.MEMORY_MXBEAN_NAME));
            System.out.println("MBeans of XNIO: " + registered + ", memory: " + memory);
            worker.shutdownNow();
            System.exit(0);
        }
    }
}
