local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
if 1 then show(pcall(function() show(pcall(function<K, V: Map<Map<T>>>(interface1)
show(987, interface1) ;return interface1
end))
interface Shape: Base function area(self, x: number): (is) function f() end
return 1
end))
x = nil ;end ;type Point = Map<table, --[==[ x
]==] { { is -- y
} }>

(id or show)(1)
;
(id or show)(1)
