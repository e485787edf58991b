package io.mediajobs.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The crash campaign in short; in full it is a program, {@link CrashCampaign}. */
class CrashCampaignIT {

    private static final Logger LOG = LoggerFactory.getLogger(CrashCampaignIT.class);

    /** An upload that a kill interrupts goes on afterwards; none stays open. */
    private static final String OPEN_UPLOADS = "0";

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nothingIsLostAndNothingDoubledByTwentyKills() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        CrashCampaign campaign = new CrashCampaign(CampaignSettings.of(List.of("--kills", Integer.getInteger("campaign.kills", 20).toString(),
                "--jobs", "80", "--longest", "6", "--open-uploads", OPEN_UPLOADS, "--folder", folder.toString())), new PrintStream(said, true, StandardCharsets.UTF_8));
        boolean clean = campaign.run();
        LOG.warn("{}", said.toString(StandardCharsets.UTF_8));
        assertThat(clean).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    }
}
