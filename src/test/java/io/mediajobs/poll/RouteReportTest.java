package io.mediajobs.poll;

import java.util.List;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The content-based router alone, from its shipped file: which answer takes which branch, and that none takes two or none. */
class RouteReportTest extends CamelTestSupport {

    private static final List<String> BRANCHES = List.of("reschedule-job", "begin-archive", "fail-job", "miss-job", "throttle-provider",
            "pause-unauthorized", "pause-unpaid", "block-job", "refuse-job", "back-off", "block-redirected", "repeat-unusable");

    @Override
    protected RoutesBuilder[] createRouteBuilders() throws Exception {
        Resource file = PluginHelper.getResourceLoader(context).resolveResource("file:routes/route-report.camel.yaml");
        return PluginHelper.getRoutesLoader(context).findRoutesBuilders(file).toArray(RoutesBuilder[]::new);
    }

    @ParameterizedTest
    @CsvSource({
        "200, pending,    reschedule-job",
        "200, processing, reschedule-job",
        "200, completed,  begin-archive",
        "200, failed,     fail-job",
        "200, not-found,  miss-job",
        "200, none,       repeat-unusable",
        "204, none,       repeat-unusable",
        "299, none,       repeat-unusable",
        "301, none,       block-redirected",
        "302, none,       block-redirected",
        "308, none,       block-redirected",
        "400, none,       block-job",
        "401, none,       pause-unauthorized",
        "402, none,       pause-unpaid",
        "403, none,       pause-unauthorized",
        "404, none,       miss-job",
        "409, none,       block-job",
        "410, none,       repeat-unusable",
        "418, none,       repeat-unusable",
        "422, none,       block-job",
        "429, none,       throttle-provider",
        "451, none,       refuse-job",
        "500, none,       back-off",
        "502, none,       back-off",
        "503, none,       back-off",
        "504, none,       back-off",
        "599, none,       back-off",
        "0,   none,       repeat-unusable"})
    void takesOneBranch(int httpStatus, String status, String branch) throws Exception {
        AdviceWith.adviceWith(context, "route-report", route -> BRANCHES.forEach(name ->
                route.weaveByToUri("direct:" + name).replace().to("mock:" + name)));
        for (String name : BRANCHES) {
            getMockEndpoint("mock:" + name).expectedMessageCount(name.equals(branch) ? 1 : 0);
        }
        template.send("direct:route-report", exchange -> {
            exchange.setVariable("httpStatus", httpStatus);
            exchange.setVariable("status", status);
        });
        MockEndpoint.assertIsSatisfied(context);
    }
}
