package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The embedded store. */
class ListRoundsTest extends ListRoundsContract {

    @Override
    StoreSettings settings() {
        return StoreSettings.embedded(folder.resolve("jobs.db"));
    }

    @Test
    void aRestartEndsTheRoundOfTheProcessBefore() {
        follow(5);
        assertThat(rounds.begin("p", terms())).isPresent();
        database.close();
        open();
        assertThat(rounds.begin("p", terms())).isEmpty();
        jobs.releaseAll();
        assertThat(rounds.begin("p", terms())).isPresent();
    }
}
