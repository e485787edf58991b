package io.mediajobs.demo.simulator;

import java.util.List;

/**
 * What an answer tells of a job.
 *
 * @param jobId    as in the request
 * @param provider our name of the provider
 * @param moment   where the job stands
 * @param script   its script
 * @param word     a status word to tell instead of the true one, or null
 * @param assets   with the URLs to tell, empty unless completed
 */
record JobView(String jobId, String provider, JobMoment moment, JobScript script, String word, List<Link> assets) {

    /** An asset and where it is. */
    record Link(Asset asset, String url) {
    }

    /** URL of the first asset with this role, or null. */
    String url(String role) {
        return assets.stream().filter(link -> link.asset().role().equals(role)).map(Link::url).findFirst().orElse(null);
    }

    String word(String trueOne) {
        return word == null ? trueOne : word;
    }
}
