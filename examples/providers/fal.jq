# fal: result of a request. GET https://queue.fal.run/{model}/requests/{request_id}
# in:  the answer: what the model gives (images, video, audio or a file, each with url and content_type), or `detail` with 422
# out: a report
# try it: media-job-routes provider test fal answer.json

def asset($role): {role: $role, url: .url, contentType: .content_type, width: .width, height: .height};

if .detail != null then
  {status: "failed", error: {code: ((.detail | arrays | .[0].type) // null), message: ((.detail | arrays | .[0].msg) // (.detail | tostring))}}
else
  {
    status: "completed",
    assets: ([.images // [] | .[] | asset("image")] + [.image // empty | asset("image")] + [.video // empty | asset("video")]
             + [.audio // empty | asset("audio")] + [.audio_file // empty | asset("audio")]),
    usage: {inferenceSeconds: .timings.inference},
    attributes: {seed: .seed}
  }
end
