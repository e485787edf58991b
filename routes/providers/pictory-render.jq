# Pictory: Get Video Render Job by ID. GET {pictory}/pictoryapis/v1/jobs/{jobId}
# in:  the answer, as printed on that page of https://docs.pictory.ai (API reference)
# out: a report: assets video, audio, thumbnail, subtitles-srt, transcript, subtitles-vtt; links share, embed; progress; error;
#      attributes.renderState, renderProgressMessage, encodingDuration (seconds), providerJobId.
# "in-progress" without a renderState is what the document calls Queued: pending; with one, processing.
# An unknown status word is passed on, so that it does not fit. `success` must agree with the status.
# try it: jq -f pictory-render.jq answer.json

# a page that is not there is no reason to leave the video there
def link: if . == "" then null else . end;

(.data // {}) as $data
| (if .success == false and $data.status == null and $data.error_message == "JOB_NOT_FOUND" then "not-found"
   elif $data.status == "in-progress" and $data.renderState == null and $data.renderProgress == null then "pending"
   elif $data.status == "in-progress" then "processing"
   else $data.status end) as $status
| if .success != null and (.success | type) != "boolean" then error("success is not true or false")
  elif (.success == false and ($data.status == "in-progress" or $status == "completed")) or (.success == true and $status == "failed")
  then error("success is \(.success) but status is \($data.status)")
  else . end
| (if $data.renderProgress != null then $data.renderProgress else $data.progress end) as $progress
| {
    status: $status,
    progress: (if ($progress | type) == "number" then $progress | floor else $progress end),
    error: (if $data.error_code != null or $data.error_message != null
            then {code: $data.error_code, message: $data.error_message}
            elif .message != null then {message: .message}
            else null end),
    assets: [
      {role: "video", url: $data.videoURL, duration: $data.videoDuration},
      {role: "audio", url: $data.audioURL},
      {role: "thumbnail", url: $data.thumbnail},
      {role: "subtitles-srt", url: $data.srtFile},
      {role: "transcript", url: $data.txtFile},
      {role: "subtitles-vtt", url: $data.vttFile}
      | select(.url != null)
    ],
    links: {share: ($data.videoShareURL | link), embed: ($data.videoEmbedURL | link)},
    attributes: {
      providerJobId: (if .job_id != null then .job_id else .id end),
      renderState: $data.renderState,
      renderProgressMessage: $data.renderProgressMessage,
      encodingDuration: $data.encodingDuration
    }
  }
