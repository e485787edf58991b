# fal: status of a request. GET https://queue.fal.run/{model}/requests/{request_id}/status, answered with 202 until it is completed
# in:  the answer, as in https://docs.fal.ai/model-endpoints/queue
# out: a report without assets: the result has them, see fal.jq
# try it: media-job-routes provider test fal-status answer.json

({"IN_QUEUE": "pending", "IN_PROGRESS": "processing", "COMPLETED": "completed"}) as $words
| {
    status: ($words[.status | tostring] // .status),
    error: (if .detail != null then {message: (.detail | tostring)} else null end),
    attributes: {queuePosition: .queue_position}
  }
