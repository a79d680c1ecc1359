-- Calls to the store: send a request, wait for the answer to it, but not for ever.
local time = require("time")

local calls_made = 0

local function call(topic: string, request: {[string]: any}): (table?, error?)
  calls_made = calls_made + 1
  request.reply_to = "answer " .. calls_made
  local answers = process.listen(request.reply_to)
  local sent, failure = process.send("store", topic, request)
  if not sent then
    process.unlisten(answers)
    return nil, failure
  end
  local got = channel.select({ answers:case_receive(), time.after("5s"):case_receive() })
  process.unlisten(answers) -- a late answer stays unread
  if got.channel ~= answers then
    return nil, errors.new({ message = "the store does not answer", kind = errors.TIMEOUT, retryable = true })
  end
  return got.value
end

local client = {}

function client.get(key: string): (any, error?)
  local answer, failure = call("get", { key = key })
  return answer and answer.value, failure
end

function client.put(key: string, value: any): (table?, error?) return call("put", { key = key, value = value }) end

-- Adds to a number, however many others do the same.
function client.add(key: string, amount: number): (number?, error?)
  local value = client.get(key)
  while true do
    local answer, failure = call("swap", { key = key, expected = value, value = (value or 0) + amount })
    if not answer then return nil, failure end
    if answer.ok then return (value or 0) + amount end
    value = answer.value -- somebody was faster
  end
end

-- The store is started at the same time as its clients.
function client.wait()
  while not process.registry.lookup("store") do time.sleep("5ms") end
end

return client
