# Runway: a task. GET https://api.dev.runwayml.com/v1/tasks/{id}, X-Runway-Version 2024-11-06
# in:  the answer, as in https://docs.dev.runwayml.com/api/#tag/Task-management
# out: a report. progress comes as 0 to 1. A failure code that begins with SAFETY or INPUT will be the same the next time.
# try it: media-job-routes provider test runway answer.json

def role:
  split("?")[0] | ascii_downcase
  | if test("\\.(mp3|wav)$") then "audio" elif test("\\.(png|jpe?g|webp)$") then "image" else "video" end;

({"PENDING": "pending", "THROTTLED": "pending", "RUNNING": "processing", "SUCCEEDED": "completed", "FAILED": "failed", "CANCELLED": "failed"}) as $words
| {
    status: ($words[.status | tostring] // .status),
    progress: (if (.progress | type) == "number" then .progress * 100 | floor else null end),
    error: (if .failure != null then {code: .failureCode, message: .failure, retryable: ((.failureCode // "") | test("^(SAFETY|INPUT)") | not)}
            elif .status == "CANCELLED" then {code: "CANCELLED", message: "The task was cancelled.", retryable: false}
            elif (.error | type) == "string" then {message: .error}
            else null end),
    assets: [.output // [] | .[] | {role: role, url: .}],
    createdAt: .createdAt,
    attributes: {taskStatus: .status}
  }
