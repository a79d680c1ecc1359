-- kind: function.lua
-- modules: ctx
-- yaml: pool: {max_size: 1}
-- One state remembers how often it was called under which key.
local ctx = require("ctx")
local counts, seen = {}, {}
return function(key, failures, kind, retryable, extra)
  if failures == "count" then return counts[key] or 0 end
  if failures == "seen" then return seen[key] end
  counts[key] = (counts[key] or 0) + 1
  seen[key] = seen[key] or {}
  table.insert(seen[key], { who = ctx.get("who"), extra = extra and #extra.payload })
  if counts[key] > failures then return "attempt " .. counts[key] end
  local text = "failure " .. counts[key]
  if kind == "raise" then error(text) end
  if kind == "text" then return nil, text end
  return nil, errors.new{ message = text, kind = kind, retryable = retryable }
end
