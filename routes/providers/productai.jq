# ProductAI: status of a generation job. GET {productai}/v1/jobs/{jobId}
# in:  the answer, as printed on the page "Jobs" of the API documentation of ProductAI
# out: a report: assets image; progress; usage.tokens; error; createdAt, startedAt, completedAt;
#      attributes.model, numImages, providerJobId, failedAt. failed_at is when the job ended, so it is completedAt too.
# The status words are ours already; an unknown one is passed on, so that it does not fit.
# The body of a webhook is another shape and never read as a report: a webhook only makes us ask.
# try it: jq -f productai.jq answer.json

if .images != null and (.images | type) != "array" then error("images is not a list") else . end
| {
    status: .status,
    progress: (if (.progress | type) == "number" then .progress | floor else .progress end),
    error: (if .error != null then (if (.error | type) == "string" then {code: .error, message: .message} else .error | {code, message} end)
            elif .message != null then {message: .message}
            else null end),
    assets: [
      .images // [] | .[] | {role: "image", url, width, height}
    ],
    usage: {tokens: .tokens_used},
    createdAt: .created_at,
    startedAt: .started_at,
    completedAt: (if .completed_at != null then .completed_at else .failed_at end),
    attributes: {
      providerJobId: .job_id,
      model: .model,
      numImages: .num_images,
      failedAt: .failed_at
    }
  }
