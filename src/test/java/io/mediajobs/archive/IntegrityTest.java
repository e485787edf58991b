package io.mediajobs.archive;

import static io.mediajobs.archive.ArchiveParts.asset;
import static io.mediajobs.archive.ArchiveParts.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.report.ReportAsset;
import io.mediajobs.servers.DiscardingS3;
import io.mediajobs.servers.PlainServer;
import io.mediajobs.store.ArchivedAsset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts and stores that do something else than they say: what is archived is what was asked for, and what is in S3. */
class IntegrityTest {

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    @TempDir
    Path folder;

    private static byte[] png(int length) {
        return Arrays.copyOf(PNG, length);
    }

    private ArchiveParts parts(DiscardingS3 s3, Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("s3.bucket", DiscardingS3.BUCKET));
        settings.putAll(more);
        return new ArchiveParts(folder, s3.endpoint().toString(), "access", "secret", settings);
    }

    @Test
    void aHostThatSendsMoreThanItAnnouncedMixesNoAssets() throws Exception {
        try (PlainServer generous = new PlainServer((request, answer) -> {
                    answer.send(200, png(Integer.parseInt(request.path().substring(1))), "Content-Type: image/png");
                    answer.send(200, png(400), "Content-Type: image/png");
                });
                DiscardingS3 s3 = new DiscardingS3(DiscardingS3.Sums.CRC32C); ArchiveParts parts = parts(s3, Map.of("archive.at-once", "2"))) {
            List<ReportAsset> assets = IntStream.range(1_000, 1_020).mapToObj(bytes -> asset("image", generous.address() + "/" + bytes)).toList();

            Job job = parts.archive(parts.archiving("p", "job", Map.of()), report(assets.toArray(ReportAsset[]::new)));

            assertThat(job.state()).isEqualTo(JobState.ARCHIVED);
            assertThat(parts.jobs.assets(job)).extracting(ArchivedAsset::bytes).containsExactlyElementsOf(LongStream.range(1_000, 1_020).boxed().toList());
        }
    }
}
