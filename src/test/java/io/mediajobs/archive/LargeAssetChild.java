package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.store.ArchivedAsset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A program that archives one asset through the shipped routes: {@link LargeAssetIT} runs it with a small heap, {@link ResumeAfterKillIT}
 * kills it and runs it again.
 */
final class LargeAssetChild {

    private LargeAssetChild() {
    }

    /** @param arguments folder, S3 endpoint, access key, secret key, URL of the asset, and settings as key=value */
    public static void main(String[] arguments) throws Exception {
        int exit = 1;
        Map<String, String> settings = new HashMap<>(Map.of("archive.idle-timeout", "30s"));
        Arrays.stream(arguments).skip(5).map(setting -> setting.split("=", 2)).forEach(setting -> settings.put(setting[0], setting[1]));
        try (ArchiveParts parts = new ArchiveParts(Path.of(arguments[0]), arguments[1], arguments[2], arguments[3], settings)) {
            parts.jobs.releaseAll();
            Job job = parts.archiving("large", "asset", Map.of());
            Job after = parts.archive(job, ArchiveParts.report(ArchiveParts.asset("video", arguments[4])));
            System.out.println("state " + after.state() + " " + after.error());
            for (ArchivedAsset asset : parts.jobs.assets(after)) {
                System.out.println("asset " + asset.key() + " " + asset.bytes() + " " + asset.sha256());
            }
            Path status = Path.of("/proc/self/status");
            if (Files.exists(status)) {
                Files.readAllLines(status).stream().filter(line -> line.startsWith("VmHWM")).forEach(System.out::println);
            }
            exit = 0;
        }
        System.exit(exit);
    }
}
