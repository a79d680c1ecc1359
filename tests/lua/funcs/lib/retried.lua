-- kind: function.lua
-- yaml: meta: {options: {retry: {max_attempts: 5, initial_delay: 1, max_delay: 2ms, retry_kinds: [Unavailable]}}}
-- yaml: pool: {max_size: 1}
local counts = {}
return function(key, failures)
  counts[key] = (counts[key] or 0) + 1
  if counts[key] > failures then return "attempt " .. counts[key] end
  return nil, errors.new{ message = "failure " .. counts[key], kind = errors.UNAVAILABLE }
end
