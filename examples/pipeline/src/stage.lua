-- What all stages have in common. A stage gets items from the one before it and gives items to the one behind it; it grants credit
-- to the one before, so that a slow stage makes the whole pipeline slow instead of filling its mailbox.
local CREDIT = 64

type Emit = (item: any) -> ()

-- Runs a stage: `work` for every item, then `finish`. `target` is the PID of the next stage.
local function run(target: string, work: (item: string, emit: Emit) -> (), finish?: (emit: Emit) -> ())
  local items, credits = process.listen("item", { message = true }), process.listen("credit")
  local credit, from = 0, nil

  local function send(topic, ...)
    while credit == 0 do credit = credit + credits:receive() end
    credit = credit - 1
    assert(process.send(target, topic, ...))
  end
  local function emit(item) send("item", item) end

  local taken = 0
  local source = process.listen("source"):receive()
  process.send(source, "credit", CREDIT)
  while true do
    local item = items:receive():payload():data()
    if item == "end" then break end
    work(item, emit)
    taken = taken + 1
    if taken % (CREDIT // 2) == 0 then process.send(source, "credit", CREDIT // 2) end
  end
  if finish then finish(emit) end
  emit("end")
end

return { run = run, CREDIT = CREDIT }
