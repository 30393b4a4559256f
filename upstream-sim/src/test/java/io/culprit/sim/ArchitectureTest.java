package io.culprit.sim;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** protocol, then pool, then status and fault, then script, scenario and control: nobody looks back. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.culprit.sim");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.culprit.sim.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
