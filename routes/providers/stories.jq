# Stories: Get generation job status. GET {stories}/v1/jobs/{id}
# in:  the answer, as described on that page of the API reference, which prints no example
# out: a report: progress of scenes_completed and scenes_total; assets image, video, audio; error; createdAt, startedAt, completedAt;
#      attributes.providerJobId, scenesCompleted, scenesTotal and the whole result; of an error envelope requestId and details.
# The document leaves the shape of `result` open, so assets are looked for in all of it. An http(s) URL, at any depth, is an asset if
#   - its path ends in a media extension, which also gives the role; or
#   - it has no known one, and a name on the way to it speaks of an image, video or audio, the nearest first; or
#   - likewise none, and its own name is url, signed_url or download_url: an image, as the document says.
# Without a media extension, names as share, page_url and webhook are no assets, and an ending as .html or .json never is.
# The first of equal URLs counts, in the order of the answer. Media that the rule misses is still in attributes.result; add its name below.
# The status words are ours already; an unknown one is passed on, so that it does not fit.
# try it: jq -f stories.jq answer.json

# the role that the ending of a URL's path tells; "" without one that is known, null for a page or data
def role_of_ending:
  sub("[?#].*$"; "") | sub("^[A-Za-z]+://[^/]*"; "") | ascii_downcase
  | if test("\\.(png|jpe?g|webp|gif|avif|heic|bmp|tiff?)$") then "image"
    elif test("\\.(mp4|webm|mov|m4v|mkv)$") then "video"
    elif test("\\.(mp3|wav|m4a|aac|flac|ogg|oga|opus)$") then "audio"
    elif test("\\.srt$") then "subtitles-srt"
    elif test("\\.vtt$") then "subtitles-vtt"
    elif test("\\.(html?|php|aspx?|json|xml|css|js|pdf)$") then null
    else "" end;

# the medium that one name speaks of; null if of none
def role_of_name:
  if test("image|thumb|picture|photo|illustration|cover|poster") then "image"
  elif test("video|clip|movie") then "video"
  elif test("audio|music|voice|narration|sound") then "audio"
  else null end;

# the role that the names on the way to a URL tell, its own first; null if they tell none
def role_of_names:
  map(select(type == "string") | ascii_downcase) | reverse
  | if (.[0] // "") | test("share|embed|webhook|callback|website|profile|docs|href|page_?(url|link)?$") then null
    else
      ([.[] | role_of_name | select(. != null)][0])
      // (if (.[0] // "") | test("^((signed|download|presigned)_?)?ur[il]s?$") then "image" else null end)
    end;

def pixels: if type == "number" and . == floor then . else null end;

. as $answer
| [.result] as $all
# more than any story has, and than can be looked at in seconds
| [ limit(20001;
      $all | paths(type == "string" and (.[0:4] | ascii_downcase) == "http" and test("^https?://[^/\\s]\\S*$"; "i"))) ] as $paths
| if ($paths | length) > 20000 then error("result has more than 20000 URLs") else . end
| [ $paths[] as $path
    | ($all | getpath($path)) as $url
    | ($url | role_of_ending) as $ending
    | (if $ending == "" then $path | role_of_names else $ending end) as $role
    | select($role != null)
    # what stands beside a URL is its size, but beside several URLs it is anybody's guess whose
    | ($all | getpath($path[0:-1])) as $around
    | (if ($around | type) == "object" and ($around | length) <= 20 and ([$around[] | strings | select(test("^https?://"; "i"))] | length) == 1
       then $around else {} end) as $size
    | {role: $role, url: $url, width: ($size.width | pixels), height: ($size.height | pixels)} ]
# the first of equal URLs
| to_entries | group_by(.value.url) | map(min_by(.key)) | sort_by(.key) | map(.value) as $assets
| $answer
| {
    status: .status,
    progress: (if (.scenes_total | type) == "number" and (.scenes_completed | type) == "number" and .scenes_total > 0
               then 100 * .scenes_completed / .scenes_total | floor
               else null end),
    error: (if (.error | type) == "object" then .error | {code, message}
            elif .error != null or .message != null then {code: .error, message: .message}
            else null end),
    assets: $assets,
    createdAt: .created_at,
    startedAt: .started_at,
    completedAt: .completed_at,
    attributes: {
      providerJobId: .job_id,
      scenesCompleted: .scenes_completed,
      scenesTotal: .scenes_total,
      result: .result,
      requestId: .request_id,
      details: .details
    }
  }
