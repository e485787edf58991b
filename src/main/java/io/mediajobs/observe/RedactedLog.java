package io.mediajobs.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import io.mediajobs.report.Redaction;

/**
 * {@code %redacted(…)} in a pattern of {@code logback.xml}: what stands in the parentheses, without secrets. Around the whole line, it holds for
 * what libraries log too, messages and stack traces alike.
 */
public final class RedactedLog extends CompositeConverter<ILoggingEvent> {

    @Override
    protected String transform(ILoggingEvent event, String line) {
        return Redaction.text(line);
    }
}
