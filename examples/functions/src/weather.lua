-- Every third call works. What a chunk keeps in its locals survives from call to call, on the same state.
local calls = 0

local function ask(place: string): (string?, error?)
  calls = calls + 1
  if calls % 3 ~= 0 then
    return nil, errors.new({ message = "the line is busy", kind = errors.UNAVAILABLE, retryable = true })
  end
  return string.format("sun over %s, at attempt %d", place, calls)
end

return { ask = ask }
