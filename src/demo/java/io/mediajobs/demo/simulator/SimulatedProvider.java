package io.mediajobs.demo.simulator;

import java.time.Duration;

/** What can be set for one API while the simulator runs. Each setter is seen by the next request. */
public final class SimulatedProvider {

    private final ProviderApi api;
    private volatile String key;
    private volatile NotFoundStyle notFoundStyle;
    private volatile Misbehaviour outage;
    private volatile Duration signedFor = Duration.ofHours(1);
    private volatile boolean listsWholeJobs;
    private volatile boolean tellsEtags;
    private volatile String webhookSecret = "demo-webhook-secret";

    SimulatedProvider(ProviderApi api) {
        this.api = api;
        this.key = api.demoKey();
        this.notFoundStyle = api == ProviderApi.PICTORY ? NotFoundStyle.BODY_OF_200 : NotFoundStyle.STATUS_404;
    }

    public ProviderApi api() {
        return api;
    }

    /** The key that is right now. */
    public String key() {
        return key;
    }

    /** Another key is right from now on, as after a rotation. */
    public SimulatedProvider accepts(String key) {
        this.key = key;
        return this;
    }

    /** What the Authorization header must be now. */
    public String authorization() {
        return api.authorization(key);
    }

    NotFoundStyle notFoundStyle() {
        return notFoundStyle;
    }

    /** How unknown jobs are told from now on. */
    public SimulatedProvider tellsNotFoundAs(NotFoundStyle style) {
        this.notFoundStyle = style;
        return this;
    }

    Misbehaviour outage() {
        return outage;
    }

    /** Every status and list call misbehaves in this way, whatever its key, until {@link #recovers}. */
    public SimulatedProvider goesDown(Misbehaviour how) {
        this.outage = how;
        return this;
    }

    /** The end of {@link #goesDown}. */
    public SimulatedProvider recovers() {
        this.outage = null;
        return this;
    }

    boolean listsWholeJobs() {
        return listsWholeJobs;
    }

    /** Its list says of each job from now on all that its status call says, which ProductAI's documentation does not promise. */
    public SimulatedProvider listsWholeJobs(boolean whole) {
        this.listsWholeJobs = whole;
        return this;
    }

    boolean tellsEtags() {
        return tellsEtags;
    }

    /** Its answers about single jobs have an ETag from now on, and 304 is what it says to who knows that already. No documentation promises either. */
    public SimulatedProvider tellsEtags(boolean tells) {
        this.tellsEtags = tells;
        return this;
    }

    Duration signedFor() {
        return signedFor;
    }

    /** How long the asset URLs of an answer are good, from the answer on (whole seconds); only Stories signs. */
    public SimulatedProvider signsFor(Duration time) {
        this.signedFor = time;
        return this;
    }

    /** The secret that webhooks are signed with; only ProductAI has webhooks. */
    public String webhookSecret() {
        return webhookSecret;
    }

    /** Another secret signs from now on. */
    public SimulatedProvider signsWebhooksWith(String secret) {
        this.webhookSecret = secret;
        return this;
    }
}
