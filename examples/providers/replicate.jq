# Replicate: a prediction. GET https://api.replicate.com/v1/predictions/{id}
# in:  the answer, as in https://replicate.com/docs/reference/http#predictions.get
# out: a report. `output` is whatever the model gives: the URLs in it, at any depth, are the assets; their role goes by their ending.
# try it: media-job-routes provider test replicate answer.json

def role:
  split("?")[0] | ascii_downcase
  | if test("\\.(mp4|webm|mov)$") then "video" elif test("\\.(mp3|wav|flac|ogg)$") then "audio" elif test("\\.(png|jpe?g|webp|gif|avif)$") then "image" else "file" end;

({"starting": "pending", "processing": "processing", "succeeded": "completed", "failed": "failed", "canceled": "failed", "aborted": "failed"}) as $words
| {
    status: ($words[.status | tostring] // .status),
    error: (if .error != null then {code: .status, message: (.error | tostring)}
            elif .detail != null then {message: .detail}
            elif .status == "canceled" or .status == "aborted" then {code: .status, message: "The prediction was \(.status).", retryable: false}
            else null end),
    assets: (if .status == "succeeded" then [.output | .. | strings | select(test("^https?://")) | {role: role, url: .}] else [] end),
    usage: {predictSeconds: .metrics.predict_time},
    links: {web: .urls.web},
    createdAt: .created_at,
    startedAt: .started_at,
    completedAt: .completed_at,
    attributes: {model: .model, version: .version}
  }
