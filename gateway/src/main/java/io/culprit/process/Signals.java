package io.culprit.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Set;

/**
 * Unix signals. The JDK has no public interface for them but {@code sun.misc.Signal}, which is reached by reflection
 * because naming it is a compiler warning that nothing can silence.
 */
public final class Signals {
    /** Which the JVM leaves ignored where whoever started it had them so, as nohup does with HUP. */
    private static final Set<String> SHUTDOWN = Set.of("HUP", "INT", "TERM");

    private Signals() {}

    /**
     * Runs something whenever the process gets a signal, on a thread of the JVM's.
     *
     * @param name without SIG, e.g. {@code USR1}
     * @return false where there is no such signal, the JVM has taken it, or it is ignored and stays so
     */
    public static boolean on(String name, Runnable what) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler run = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    what.run();
                }
                return null;
            };
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run);
            Object before = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            Object ignored = handler.getField("SIG_IGN").get(null);
            return !(SHUTDOWN.contains(name) && ignored.equals(before));
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
