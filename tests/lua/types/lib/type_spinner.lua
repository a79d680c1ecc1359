type Loop = {next: Loop?, list: {number}}
local list = {}
for i = 1, 200000 do list[i] = i end
process.send(..., "started", true)
while true do Loop:is({list = list}) end
