# ProductAI: list of jobs. GET {productai}/v1/jobs?limit&offset&status
# in:  one page, as printed on the page "Jobs" of the API documentation of ProductAI
# out: not a report but a page, with as much of a report beside each jobId as the list tells, which is no progress and no images:
#      {"jobs": [{"jobId", "status", "createdAt", "completedAt", "attributes": {"model", "numImages"}}], "total", "hasMore", "limit", "offset"}
#      What the page does not say is null. A page without a list of jobs is an error, never an empty page.
# try it: jq -f productai-list.jq page.json

if (.jobs | type) != "array" then error("jobs is not a list") else . end
| {
    jobs: [
      .jobs[] | {
        jobId: .job_id,
        status: .status,
        createdAt: .created_at,
        completedAt: .completed_at,
        attributes: {model: .model, numImages: .num_images}
      }
    ],
    total: .total,
    hasMore: .has_more,
    limit: .limit,
    offset: .offset
  }
