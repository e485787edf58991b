package io.mediajobs.campaign;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Knows when S3 is about to be asked and when it has answered. The AWS SDK finds it by a file on the class path, see {@link Launcher}. */
public final class CrashingS3 implements ExecutionInterceptor {

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        pass("BEFORE_", context.request());
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        pass("AFTER_", context.request());
    }

    private static void pass(String when, SdkRequest request) {
        if (request instanceof PutObjectRequest put) {
            ProductToKill.passes(CrashPoint.valueOf(when + (put.key().endsWith("/manifest.json") ? "MANIFEST_PUT" : "ASSET_PUT")));
        } else if (request instanceof CreateMultipartUploadRequest) {
            ProductToKill.passes(CrashPoint.valueOf(when + "UPLOAD_CREATED"));
        } else if (request instanceof UploadPartRequest) {
            ProductToKill.passes(CrashPoint.valueOf(when + "PART"));
        } else if (request instanceof CompleteMultipartUploadRequest) {
            ProductToKill.passes(CrashPoint.valueOf(when + "UPLOAD_COMPLETED"));
        } else if (request instanceof HeadObjectRequest && when.equals("AFTER_")) {
            ProductToKill.passes(CrashPoint.AFTER_ASSET_HEAD);
        }
    }
}
