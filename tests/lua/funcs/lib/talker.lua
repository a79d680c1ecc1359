-- kind: function.lua
return function(caller)
  local events, questions, failures = process.events(), process.listen("question"), process.listen("fail")
  process.send(caller, "hello", process.pid())
  while true do
    local r = channel.select{ events:case_receive(), questions:case_receive(), failures:case_receive() }
    if r.channel == events then
      assert(r.value.kind == process.event.CANCEL)
      return "canceled: " .. r.value.reason
    end
    if r.channel == failures then error("told to", 0) end
    process.send(caller, "answer", 2 * r.value)
  end
end
