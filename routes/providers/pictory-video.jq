# Pictory: Get Video Generation Job. GET {pictory}/pictoryapis/v1/jobs/{jobId}
# in:  the answer, as printed on that page of https://docs.pictory.ai (API reference)
# out: a report: assets video, thumbnail, last-frame, preview; usage.credits; error; attributes.providerJobId.
#      The duration is text, "8s": it becomes seconds; any other text is kept as attributes.duration instead.
# An unknown status word is passed on, so that it does not fit. `success` must agree with the status.
# try it: jq -f pictory-video.jq answer.json

# "8s", "1.5s", "8", 8 -> seconds; anything else -> null
def seconds:
  if type == "number" then .
  elif type == "string" and test("^[0-9]{1,9}(\\.[0-9]{1,9})?s?$") then rtrimstr("s") | tonumber
  else null end;

(.data // {}) as $data
| ($data.duration | seconds) as $duration
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
      {role: "video", url: $data.url, width: $data.width, height: $data.height, duration: $duration},
      {role: "thumbnail", url: $data.thumbnailImageUrl},
      {role: "last-frame", url: $data.lastFrameImageUrl},
      {role: "preview", url: $data.previewImageUrl}
      | select(.url != null)
    ],
    usage: {credits: $data.aiCreditsUsed},
    attributes: {
      providerJobId: (if .job_id != null then .job_id else .id end),
      duration: (if $duration == null then $data.duration else null end)
    }
  }
