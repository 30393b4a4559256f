package io.culprit.sim.scenario;

import java.util.Map;

/**
 * A fault for a share of the requests.
 *
 * @param name for switching it off again
 * @param path prefix of the paths it applies to
 * @param share 0 to 1
 * @param parameters {@code fault} and its parameters
 */
public record Rule(String name, String path, double share, Map<String, String> parameters) {}
