package io.mediajobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The page in a real Chromium, against the running program: what an operator sees and clicks. */
class PageIT {

    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    @TempDir
    Path folder;

    @Test
    void anOperatorSeesJobsAndActsOnThem() throws Exception {
        if (System.getenv("CI") == null) {
            assumeTrue(Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
                    "The page is tested only where Debian's chromium and chromium-driver are installed.");
        }
        try (TestProgram program = TestProgram.start(folder, Map.of())) {
            program.simulator.job("productai", "home").queuedFor(Duration.ZERO).processingFor(Duration.ZERO).completes(Assets.png(64, 64));
            program.simulator.job("productai", "<img src=x onerror=document.title='owned'>").queuedFor(Duration.ZERO).processingFor(Duration.ZERO)
                    .fails("bad", "<script>document.title='owned'</script>");
            program.simulator.job("pictory-video", "slow").neverEnds();
            JobKey home = program.follow("productai", "home");
            program.follow("productai", "<img src=x onerror=document.title='owned'>");
            JobKey slow = program.follow("pictory-video", "slow");
            await().atMost(Duration.ofSeconds(20)).until(() -> program.job(home).state(), JobState.ARCHIVED::equals);

            WebDriver page = open();
            try {
                int port = program.program.context().hasService(ApiServer.class).getPort();
                page.get("http://127.0.0.1:" + port + "/");
                page.findElement(By.id("token")).sendKeys(Files.readString(folder.resolve("data/api-token")).trim());
                page.findElement(By.cssSelector("#enter button")).click();

                await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() ->
                        assertThat(page.findElement(By.id("jobs")).getText()).contains("home", "archived", "slow", "failed", "<img src=x"));
                assertThat(page.getTitle()).as("nothing of a job's text is run").isEqualTo("Media Job Routes");
                assertThat(page.findElement(By.id("providers")).getText()).contains("productai", "pictory-video");

                page.get("http://127.0.0.1:" + port + "/#job=pictory-video%2Fslow");
                await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> page.findElement(By.id("job")).getText().contains("registered"));
                // the first click asks back, the second one does it; a refresh in between may replace the button
                await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
                    page.findElement(By.cssSelector("#job button[data-key=cancel]")).click();
                    return program.job(slow).state() == JobState.CANCELLED;
                });
                await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> page.findElement(By.id("job")).getText().contains("cancelled"));
            } finally {
                page.quit();
            }
        }
    }

    private WebDriver open() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(BROWSER.toFile());
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,900", "--user-data-dir=" + folder.resolve("browser"));
        ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(new File(DRIVER.toString())).usingAnyFreePort().build();
        return new ChromeDriver(service, options);
    }
}
