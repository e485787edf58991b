package io.mediajobs.campaign;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What the command line of the campaign says.
 *
 * @param kills    how many times a process is killed
 * @param jobs     how many are followed at any time until the last kill
 * @param nodes    processes that work at the same time; more than one only on PostgreSQL
 * @param seed     of the jobs and of the kills
 * @param longest  until a job has ended at its provider
 * @param postgres whether they are kept in a PostgreSQL, which the campaign starts, and not in SQLite
 * @param heap     of a process of the product, as Java has it: {@code 192m}
 * @param large    whether assets go to S3 in parts, too
 * @param openUploads how many uploads in parts may be left open in the bucket
 * @param folder   for everything that is written; must not hold an earlier campaign
 * @param patience after the last kill, until every job must have ended
 */
record CampaignSettings(int kills, int jobs, int nodes, long seed, Duration longest, boolean postgres, String heap, boolean large, int openUploads, Path folder, Duration patience) {

    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("kills", "20");
        DEFAULTS.put("jobs", "100");
        DEFAULTS.put("nodes", "1");
        DEFAULTS.put("seed", "");
        DEFAULTS.put("longest", "30");
        DEFAULTS.put("store", "sqlite");
        DEFAULTS.put("heap", "192m");
        DEFAULTS.put("large", "true");
        DEFAULTS.put("open-uploads", "0");
        DEFAULTS.put("folder", "");
        DEFAULTS.put("patience", "120");
    }

    /**
     * @param arguments {@code --kills 200 --jobs 500 --seed 7 …}; times in seconds
     * @throws IllegalArgumentException if there is no such option
     */
    static CampaignSettings of(List<String> arguments) {
        Map<String, String> said = new LinkedHashMap<>(DEFAULTS);
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i).startsWith("--") ? arguments.get(i).substring(2) : "";
            if (!said.containsKey(name) || i + 1 == arguments.size()) {
                throw new IllegalArgumentException("There are --" + String.join(" N, --", DEFAULTS.keySet()) + " N, and not " + arguments.get(i));
            }
            said.put(name, arguments.get(i + 1));
        }
        if (!said.get("nodes").equals("1") && !said.get("store").equals("postgres")) {
            throw new IllegalArgumentException("SQLite is for one node; several need --store postgres");
        }
        long seed = said.get("seed").isEmpty() ? new Random().nextInt(1_000_000) : Long.parseLong(said.get("seed"));
        String folder = said.get("folder").isEmpty() ? String.format(Locale.ROOT, "target/crash-campaign/seed-%d-%d", seed, System.currentTimeMillis() / 1000)
                : said.get("folder");
        return new CampaignSettings(Integer.parseInt(said.get("kills")), Integer.parseInt(said.get("jobs")), Integer.parseInt(said.get("nodes")), seed,
                Duration.ofSeconds(Long.parseLong(said.get("longest"))), postgres(said.get("store")), said.get("heap"), Boolean.parseBoolean(said.get("large")),
                Integer.parseInt(said.get("open-uploads")),
                Path.of(folder).toAbsolutePath(), Duration.ofSeconds(Long.parseLong(said.get("patience"))));
    }

    private static boolean postgres(String store) {
        return switch (store) {
            case "sqlite" -> false;
            case "postgres" -> true;
            default -> throw new IllegalArgumentException("--store is sqlite or postgres, and not " + store);
        };
    }
}
