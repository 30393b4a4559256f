package io.culprit.proof.deploy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code conf/kubernetes} against Kubernetes' published schemas, and what it says against what the gateway does. */
class KubernetesTest {
    private static final Path FOLDER = Path.of("..", "conf", "kubernetes");

    /** Throws on a field that the kind does not have, or that it must have. */
    private interface Schema {
        void check(JsonElement element) throws Exception;
    }

    private static final Map<String, Schema> SCHEMAS = Map.of(
            "ConfigMap", V1ConfigMap::validateJsonElement,
            "Secret", V1Secret::validateJsonElement,
            "Deployment", V1Deployment::validateJsonElement,
            "Service", V1Service::validateJsonElement,
            "PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
            "HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::validateJsonElement,
            "NetworkPolicy", V1NetworkPolicy::validateJsonElement);

    private static List<JsonObject> documents(String file) throws Exception {
        List<JsonObject> documents = new ArrayList<>();
        for (Object each :
                new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(FOLDER.resolve(file)))) {
            documents.add(new Gson().toJsonTree(each).getAsJsonObject());
        }
        return documents;
    }

    private static JsonObject of(String kind) throws Exception {
        return documents("culprit.yaml").stream()
                .filter(each -> each.get("kind").getAsString().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyDocumentFitsItsSchema() throws Exception {
        List<String> kinds = new ArrayList<>();
        for (JsonObject each : documents("culprit.yaml")) {
            String kind = each.get("kind").getAsString();
            kinds.add(kind);
            assertDoesNotThrow(() -> SCHEMAS.get(kind).check(each), kind);
        }
        assertTrue(kinds.containsAll(SCHEMAS.keySet()), kinds.toString());
        JsonObject wrong = of("Deployment");
        wrong.getAsJsonObject("spec")
                .getAsJsonObject("template")
                .getAsJsonObject("spec")
                .addProperty("replica", 1);
        assertThrows(
                IllegalArgumentException.class, () -> SCHEMAS.get("Deployment").check(wrong));
    }

    private static GatewayConfig configuration(Path directory) throws Exception {
        Path file = directory.resolve("culprit.yaml");
        Files.writeString(
                file,
                of("ConfigMap").getAsJsonObject("data").get("culprit.yaml").getAsString());
        return ConfigLoader.load(
                file,
                Map.of(
                        "CULPRIT_ADMIN_TOKEN", "t",
                        "CULPRIT_JOURNAL", "jdbc:postgresql://db/culprit",
                        "CULPRIT_JOURNAL_USER", "u",
                        "CULPRIT_JOURNAL_PASSWORD", "p"));
    }

    @Test
    void theConfigurationInTheConfigMapIsTakenAndItsDrainFitsThePodsGrace(@TempDir Path directory) throws Exception {
        GatewayConfig config = configuration(directory);
        JsonObject pod = of("Deployment")
                .getAsJsonObject("spec")
                .getAsJsonObject("template")
                .getAsJsonObject("spec");
        Duration drain = config.drain().delay().plus(config.drain().timeout());
        assertTrue(pod.get("terminationGracePeriodSeconds").getAsLong() > drain.toSeconds(), drain.toString());
        JsonObject container = pod.getAsJsonArray("containers").get(0).getAsJsonObject();
        assertEquals(
                List.of(
                        config.listen().get(0).address().getPort(),
                        config.admin().orElseThrow().address().getPort()),
                container.getAsJsonArray("ports").asList().stream()
                        .map(each -> each.getAsJsonObject().get("containerPort").getAsInt())
                        .toList());
    }

    /** Where nothing may wait the queue is always empty, and an autoscaler that looks at it never acts. */
    @Test
    void theAutoscalersMetricIsOneOfOursAndCanReachItsTarget(@TempDir Path directory) throws Exception {
        JsonObject pods = of("HorizontalPodAutoscaler")
                .getAsJsonObject("spec")
                .getAsJsonArray("metrics")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("pods");
        String metric = pods.getAsJsonObject("metric").get("name").getAsString();
        var app = configuration(directory).upstreams().get("app");
        assertTrue(app.maxConnections() > 0);
        assertTrue(app.queue().size()
                > pods.getAsJsonObject("target").get("averageValue").getAsInt());
        assertTrue(
                Files.readString(Path.of("..", "gateway/src/main/java/io/culprit/record/metrics/Metric.java"))
                        .contains('"' + metric + '"'),
                metric);
    }
}
