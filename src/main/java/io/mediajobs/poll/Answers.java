package io.mediajobs.poll;

import io.mediajobs.job.Job;
import io.mediajobs.job.JobError;
import io.mediajobs.observe.Metrics;
import io.mediajobs.report.Answer;
import io.mediajobs.report.AnswerReader;
import io.mediajobs.report.ListPage;
import io.mediajobs.report.Mapping;
import io.mediajobs.report.MappingException;
import io.mediajobs.report.Mappings;
import io.mediajobs.report.UnfitReportException;
import io.mediajobs.report.UnreadableAnswerException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Reads what a status call brought: {@code kamelet:read-report} calls it. It sets the variables that the router branches on and
 * takes everything else of the answer, headers and body, out of the exchange.
 *
 * <ul>
 * <li>{@code httpStatus}: the number, an {@code Integer}</li>
 * <li>{@code report}: the {@link io.mediajobs.report.Report}, only if the answer is 2xx and fits</li>
 * <li>{@code status}: the report's status word, or {@code none}</li>
 * <li>{@code answer}: the {@link Answer}, always</li>
 * <li>{@code retryAfter}: what the header of that name asks for, a {@link Duration}, if it was sent and makes sense</li>
 * <li>{@code etag}: what the provider calls this version of its answer, if there is a report and it says so. A route that sends it along the next
 * time, as {@code If-None-Match: ${variable.job.etag}}, may be answered 304: then the report is the one of before</li>
 * </ul>
 */
public final class Answers {

    /** What is believed of a Retry-After is a setting of whoever goes by it. */
    private static final Duration ABSURD = Duration.ofDays(10_000);
    /** RFC 9110, 8.8.3, and short enough to be kept with each job. */
    private static final Pattern ETAG = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7E]{0,200}\"");

    private final Mappings mappings;
    private final AnswerReader reader;
    private final Metrics metrics;

    public Answers(Mappings mappings, AnswerReader reader, Metrics metrics) {
        this.mappings = mappings;
        this.reader = reader;
        this.metrics = metrics;
    }

    /**
     * @param mapping file name of the jq mapping
     * @param accept  HTTP statuses with commas that are read like 2xx; {@code none} for no others
     * @throws IOException      if the answer breaks off
     * @throws MappingException if there is no such mapping, or it is broken
     */
    public void read(String mapping, String accept, Exchange exchange) throws IOException, MappingException {
        Message message = exchange.getMessage();
        int httpStatus = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        Optional<Duration> retryAfter = retryAfter(message);
        Job job = exchange.getVariable("job", Job.class);
        boolean unchanged = httpStatus == 304 && job.etag() != null;
        String etag = unchanged ? job.etag() : message.getHeader("ETag", String.class);
        Answer answer;
        try (InputStream body = message.getBody(InputStream.class)) {
            Mapping program = mappings.get(mapping);
            answer = unchanged ? reader.unchanged(httpStatus, job.report()) : reader.read(isAccepted(httpStatus, accept) ? 200 : httpStatus, contentType, body == null ? InputStream.nullInputStream() : body, program);
        }
        exchange.setMessage(null);
        exchange.removeVariable("report");
        exchange.removeVariable("etag");
        exchange.removeVariable("retryAfter");
        exchange.setVariable("httpStatus", httpStatus);
        exchange.setVariable("answer", answer);
        String status = answer.fits() ? answer.report().status().word() : "none";
        exchange.setVariable("status", status);
        if (answer.fits()) {
            exchange.setVariable("report", answer.report());
            if (etag != null && ETAG.matcher(etag).matches()) {
                exchange.setVariable("etag", etag);
            }
        }
        retryAfter.ifPresent(time -> exchange.setVariable("retryAfter", time));
        String outcome = unchanged ? "unchanged" : answer.fits() ? status : answer.isSuccess() ? "unusable" : "http-" + httpStatus;
        metrics.polled(job.provider(), outcome, Duration.ofMillis(exchange.getClock().elapsed()));
    }

    /**
     * Reads a page of a provider's list of jobs: {@code kamelet:read-list} calls it. It sets the variables
     *
     * <ul>
     * <li>{@code httpStatus}: the number, an {@code Integer}</li>
     * <li>{@code page}: the {@link ListPage}, only if the answer is 2xx and fits</li>
     * <li>{@code answer}: an {@link Answer} with the reason, if there is no page</li>
     * <li>{@code retryAfter}: the header of that name, if it was sent</li>
     * </ul>
     *
     * @param mapping file name of the jq mapping
     * @throws IOException      if the answer breaks off
     * @throws MappingException if there is no such mapping, or it is broken
     */
    public void readList(String mapping, Exchange exchange) throws IOException, MappingException {
        Message message = exchange.getMessage();
        int httpStatus = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        Optional<Duration> retryAfter = retryAfter(message);
        Mapping program = mappings.get(mapping);
        exchange.removeVariable("page");
        exchange.removeVariable("answer");
        try (InputStream body = message.getBody(InputStream.class)) {
            InputStream bytes = body == null ? InputStream.nullInputStream() : body;
            if (httpStatus >= 200 && httpStatus < 300) {
                exchange.setVariable("page", page(contentType, bytes, program));
            } else {
                exchange.setVariable("answer", reader.read(httpStatus, contentType, bytes, program));
            }
        } catch (UnreadableAnswerException e) {
            exchange.setVariable("answer", unusable(httpStatus, e.code(), e.getMessage()));
        } catch (UnfitReportException e) {
            exchange.setVariable("answer", unusable(httpStatus, Answer.UNFIT, "what " + program.name() + " makes of the answer is not a page of a list: " + e.getMessage()));
        }
        exchange.setMessage(null);
        exchange.setVariable("httpStatus", httpStatus);
        exchange.removeVariable("retryAfter");
        retryAfter.ifPresent(time -> exchange.setVariable("retryAfter", time));
        ListCall list = exchange.getVariable("list", ListCall.class);
        String outcome = exchange.getVariable("page") != null ? "page" : httpStatus >= 200 && httpStatus < 300 ? "unusable" : "http-" + httpStatus;
        metrics.listed(list.provider(), outcome, Duration.ofMillis(exchange.getClock().elapsed()));
    }

    private ListPage page(String contentType, InputStream body, Mapping program) throws IOException, UnreadableAnswerException, UnfitReportException {
        try {
            return ListPage.of(reader.map(contentType, body, program));
        } catch (MappingException e) {
            throw new UnfitReportException(e.getMessage());
        }
    }

    private static Answer unusable(int httpStatus, String code, String reason) {
        return new Answer(httpStatus, null, new JobError(code, reason, null), null, null);
    }

    private static Optional<Duration> retryAfter(Message message) {
        return RetryAfter.parse(message.getHeader("Retry-After", String.class), message.getHeader("Date", String.class), Instant.now(), ABSURD);
    }

    private static boolean isAccepted(int httpStatus, String accept) {
        return Arrays.asList(accept.split("\\s*,\\s*")).contains(Integer.toString(httpStatus));
    }
}
