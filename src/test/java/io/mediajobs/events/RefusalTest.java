package io.mediajobs.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.sqs.model.SqsException;

class RefusalTest {

    /** What SQS answers, by its documentation; nearly all of it has the status 400. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            InvalidParameterValue     | One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes. | FOR_GOOD
            InvalidMessageContents    | The message contains characters outside the allowed set.                              | FOR_GOOD
            InvalidParameterValue     | The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly | OF_THE_EVENT
            QueueDoesNotExist         | The specified queue does not exist.                                                   | UNKNOWN
            RequestThrottled          | The request was denied due to request throttling.                                     | UNKNOWN
            InvalidClientTokenId      | The security token included in the request is invalid.                                | UNKNOWN
            KmsDisabled               | The specified customer master key is not enabled.                                     | UNKNOWN
            """)
    void whatSqsSaysIsOfTheEventOrNot(String code, String words, Refusal expected) {
        Throwable answer = SqsException.builder().statusCode(400).awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(words).build()).build();
        assertThat(Refusal.of(answer)).isEqualTo(expected);
        assertThat(Refusal.of(new IOException("around it", answer))).isEqualTo(expected);
    }
}
