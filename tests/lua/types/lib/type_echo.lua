type Pt = {x: number, y: number}
type Box<T> = {v: T}
local inbox = process.inbox()
while true do
    local message = inbox:receive()
    local data = message:payload():data()
    if data == "stop" then return Pt end
    local answer = {T = data.T, again = {data.T, data.T}, text = tostring(data.T), is = data.T:is(data.v) ~= nil,
        mine = rawequal(data.T, Pt), equal = data.T == Pt, box = Box(data.T), kind = type(data.T)}
    process.send(message:from(), "answer", answer)
end
