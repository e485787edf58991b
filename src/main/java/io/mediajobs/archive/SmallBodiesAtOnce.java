package io.mediajobs.archive;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Sends bodies of less than a megabyte without asking first whether S3 wants them. The SDK's {@code Expect: 100-continue} with every body costs
 * a small asset a round trip more; a large one that is refused is spared by it.
 */
final class SmallBodiesAtOnce implements ExecutionInterceptor {

    private static final long LARGE = 1 << 20;

    @Override
    public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
        SdkHttpRequest request = context.httpRequest();
        boolean small = request.firstMatchingHeader("Content-Length").filter(length -> Long.parseLong(length) < LARGE).isPresent();
        return small && request.firstMatchingHeader("Expect").isPresent() ? request.toBuilder().removeHeader("Expect").build() : request;
    }
}
