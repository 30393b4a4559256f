package io.culprit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may import whom. */
@Tag("slow")
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.culprit", "org.xnio.nio");

    @Test
    void failureKnowsTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("io.culprit.failure..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.culprit.failure..")
                .check(ALL);
    }

    @Test
    void wireGrammarKnowsTheVocabularyOnly() {
        classes()
                .that()
                .resideInAPackage("io.culprit.http..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.culprit.http..", "io.culprit.failure..")
                .check(ALL);
    }

    @Test
    void dialectKnowsTheVocabularyOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.culprit.dialect..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.culprit.config..", "io.culprit.upstream..", "io.culprit.server..", "io.culprit.reply..")
                .check(ALL);
    }

    @Test
    void admissionKnowsNeitherUpstreamNorServer() {
        noClasses()
                .that()
                .resideInAPackage("io.culprit.admission..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.culprit.upstream..", "io.culprit.server..", "io.culprit.reply..", "io.culprit.config..")
                .check(ALL);
    }

    @Test
    void upstreamNeverSeesTheServer() {
        noClasses()
                .that()
                .resideInAPackage("io.culprit.upstream..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.undertow..", "io.culprit.server..", "io.culprit.reply..", "io.culprit.record..")
                .check(ALL);
    }

    @Test
    void sitesKnowConfigurationAndVocabularyOnly() {
        classes()
                .that()
                .resideInAPackage("io.culprit.site..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.culprit.site..", "io.culprit.config..", "io.culprit.failure..")
                .check(ALL);
    }

    @Test
    void recordNeverSeesServerOrUpstream() {
        noClasses()
                .that()
                .resideInAPackage("io.culprit.record..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.undertow..", "io.culprit.server..", "io.culprit.upstream..", "io.culprit.reply..")
                .check(ALL);
    }

    @Test
    void undertowIsInServerReplyAndAdminOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.culprit.server..", "io.culprit.reply..", "io.culprit.admin..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.undertow..")
                .check(ALL);
    }

    @Test
    void onlySocketsKnowXniosInside() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.xnio.nio..")
                .and()
                .doNotHaveFullyQualifiedName("io.culprit.upstream.channel.UpstreamSocket")
                .and()
                .resideOutsideOfPackage("io.culprit.listen..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.xnio.nio..")
                .check(ALL);
    }

    @Test
    void serverIsKnownToAdminAndCommandLineOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.culprit.server..", "io.culprit.admin..", "io.culprit.process..", "io.culprit.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.culprit.server..")
                .check(ALL);
    }

    @Test
    void databasesAreTheJournalsAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.culprit.record.journal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.h2..", "com.zaxxer..")
                .check(ALL);
    }

    @Test
    void threadsThatCountKnowNoneThatWrite() {
        noClasses()
                .that()
                .resideInAPackage("io.culprit.record.count..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.culprit.record.journal..",
                        "io.culprit.record.metrics..",
                        "io.culprit.record.watch..",
                        "io.culprit.record.log..")
                .check(ALL);
    }

    @Test
    void triageKnowsTheVocabularyOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.culprit.triage..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.culprit.server..", "io.culprit.upstream..", "io.culprit.reply..", "io.undertow..")
                .check(ALL);
    }

    @Test
    void theClassifierNeedsNothingButTheJdk() {
        classes()
                .that()
                .resideInAPackage("io.culprit.triage.classify..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.culprit.triage.classify..", "io.culprit.failure..")
                .check(ALL);
    }

    /** Each protocol of clients knows the request; the request knows none of them. */
    @Test
    void theRequestKnowsNoProtocolOfClients() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.culprit.server.request..", "io.culprit.server.routing..", "io.culprit.server.clients..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.culprit.server.http1..", "io.culprit.server.http2..", "io.culprit.server.tls..")
                .check(ALL);
    }

    @Test
    void bodiesAndRoutingKnowNothingOfTheRequestAbove() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.culprit.server.request.body..",
                        "io.culprit.server.routing..",
                        "io.culprit.server.clients..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.culprit.server.request")
                .check(ALL);
    }

    /** Records do not know how they are read. */
    @Test
    void theConfigurationKnowsNoReader() {
        noClasses()
                .that()
                .resideInAPackage("io.culprit.config..")
                .and()
                .resideOutsideOfPackage("io.culprit.config.read..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.culprit.config.read..")
                .check(ALL);
    }
}
