package io.mediajobs.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;

class QuartzJobsTest {

    private static final JobKey JOB = new JobKey("acme", "due-jobs");
    private final AtomicInteger asked = new AtomicInteger();

    /** As Quartz does where a trigger ends by itself between its looking for it and taking it out. */
    private Scheduler failing(int times) {
        return (Scheduler) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Scheduler.class}, (proxy, method, arguments) -> {
            assertThat(method.getName()).isEqualTo("deleteJob");
            assertThat(arguments).containsExactly(JOB);
            if (asked.incrementAndGet() <= times) {
                throw new SchedulerException("Unable to unschedule trigger [DEFAULT.1] while deleting job [due-jobs.acme].");
            }
            return true;
        });
    }

    @Test
    void aTickThatEndsMeanwhileDoesNotKeepARouteFromBeingReplaced() throws Exception {
        QuartzJobs.delete(failing(2), JOB);
        assertThat(asked).hasValue(3);
    }

    @Test
    void whatNeverWorksIsTold() {
        assertThatThrownBy(() -> QuartzJobs.delete(failing(Integer.MAX_VALUE), JOB)).isInstanceOf(SchedulerException.class);
    }
}
