package io.mediajobs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;

/** The arrows between packages go one way. */
@AnalyzeClasses(packages = "io.mediajobs", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** Each may use those before it, none after it. */
    private static final List<String> ORDER = List.of("job", "config", "report", "store", "events", "observe", "poll", "intake", "archive", "web",
            "live", "runtime", "cli", "demo");

    @ArchTest
    static final ArchRule noCycles = SlicesRuleDefinition.slices().matching("io.mediajobs.(*)..").should().beFreeOfCycles();

    @ArchTest
    static void arrowsGoOneWay(com.tngtech.archunit.core.domain.JavaClasses classes) {
        for (int i = 0; i < ORDER.size(); i++) {
            String[] later = ORDER.subList(i + 1, ORDER.size()).stream().map(name -> "io.mediajobs." + name + "..").toArray(String[]::new);
            if (later.length > 0) {
                noClasses().that().resideInAPackage("io.mediajobs." + ORDER.get(i) + "..").should().dependOnClassesThat().resideInAnyPackage(later)
                        .allowEmptyShould(true).check(classes);
            }
        }
    }

    @ArchTest
    static final ArchRule everyPackageHasItsPlace = noClasses().that(resideInAPackage("io.mediajobs.."))
            .and(not(resideInAPackage("io.mediajobs"))).should()
            .resideOutsideOfPackages(ORDER.stream().map(name -> "io.mediajobs." + name + "..").toArray(String[]::new));

    @ArchTest
    static final ArchRule theSimulatorNeedsNoProduct = noClasses().that().resideInAnyPackage("io.mediajobs.demo.simulator..", "io.mediajobs.demo.media..", "io.mediajobs.demo.s3..")
            .should().dependOnClassesThat(resideInAPackage("io.mediajobs..").and(not(resideInAPackage("io.mediajobs.demo.."))));

    /** Leases, due times and ages are decided by the database's clock: nodes whose own clocks differ must agree. */
    @ArchTest
    static final ArchRule theStoreAsksNoClockOfItsOwn = noClasses().that().resideInAPackage("io.mediajobs.store..")
            .should().callMethod(java.time.Instant.class, "now").orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().dependOnClassesThat().areAssignableTo(java.time.Clock.class).orShould().dependOnClassesThat().areAssignableTo(java.util.Date.class)
            .orShould().callMethodWhere(com.tngtech.archunit.base.DescribedPredicate.describe("now() of java.time", call ->
                    call.getTarget().getOwner().getPackageName().equals("java.time") && call.getTarget().getName().equals("now")));

    @ArchTest
    static final ArchRule mechanicsKnowNoCamelRoutes = noClasses().that().resideInAnyPackage("io.mediajobs.job..", "io.mediajobs.config..", "io.mediajobs.report..", "io.mediajobs.store..")
            .should().dependOnClassesThat().resideInAPackage("org.apache.camel..");
}
