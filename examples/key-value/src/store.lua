-- A process as a server: its table is its own, so requests are served one after the other and need no lock.
type Request = {key: string, value?: any, expected?: any, reply_to: string}
type Answer = {ok: boolean, value?: any}

local values: {[string]: any} = {}

local calls: {[string]: (request: Request) -> Answer} = {
  get = function(request) return { ok = true, value = values[request.key] } end,
  put = function(request)
    values[request.key] = request.value
    return { ok = true }
  end,
  -- Puts only if the value is the expected one: how clients change a value without losing the changes of others.
  swap = function(request)
    if values[request.key] ~= request.expected then return { ok = false, value = values[request.key] } end
    values[request.key] = request.value
    return { ok = true }
  end,
}

local function main()
  assert(process.registry.register("store"))
  local events, requests = process.events(), process.inbox()
  local cases = { requests:case_receive(), events:case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == events then return end -- asked to stop
    local message = got.value
    local call = calls[message:topic()]
    -- Anybody can send anything. What is no request gets no answer, and does not end a store that others use.
    local request, failure = Request:is(message:payload():data())
    if call and request then
      -- The topic of the answer is the client's choice: it tells its answers apart by it.
      process.send(message:from(), request.reply_to, call(request))
    else
      print("no request from " .. message:from() .. ": " .. tostring(failure or message:topic()))
    end
  end
end

return { main = main }
