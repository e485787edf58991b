# Pictory: Get Image Generation Job. GET {pictory}/pictoryapis/v1/jobs/{jobId}
# in:  the answer, as printed on that page of https://docs.pictory.ai (API reference)
# out: a report: asset image; usage.credits; error; attributes.providerJobId, the id that the answer names
# An unknown status word is passed on, so that it does not fit. `success` must agree with the status.
# try it: jq -f pictory-image.jq answer.json

(.data // {}) as $data
| (if .success == false and $data.status == null and $data.error_message == "JOB_NOT_FOUND" then "not-found"
   elif $data.status == "in-progress" then "processing"
   else $data.status end) as $status
| if .success != null and (.success | type) != "boolean" then error("success is not true or false")
  elif (.success == false and ($status == "processing" or $status == "completed")) or (.success == true and $status == "failed")
  then error("success is \(.success) but status is \($data.status)")
  else . end
| {
    status: $status,
    error: (if $data.error_code != null or $data.error_message != null
            then {code: $data.error_code, message: $data.error_message}
            elif .message != null then {message: .message}
            else null end),
    assets: [
      {role: "image", url: $data.url, width: $data.width, height: $data.height} | select(.url != null)
    ],
    usage: {credits: $data.aiCreditsUsed},
    attributes: {providerJobId: (if .job_id != null then .job_id else .id end)}
  }
