local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
x = nil
local type3 = 1
for _ = 1, 2 do goto next show({'\x41\u{e9}\65', (1); true, }, {as = #pair['get'](774) as any, false; as = id(1)!; }, {} - two() as Point as ((() -> (integer,
{
type?: integer; as: any; y: function }))))
if not pair['get']() ! then x = nil ;interface Shape: Base function area(self, x: (((keyof(boolean), ((...'a') -> ()), ...[[c
d]]) ->
(as, ( any), typeof(x + f(1 as T, 'a'!, {as})))))): A, B function f() end
end

::next:: end
do for b2 = 1, 2 do for _ = 1, 2 do goto next -- comment
repeat	local is: ((T extends type ? (( as)) : nil)), keyof2:(interface {m: ( Point)}) = b2
until true or 0x1p4

::next::type Late = unknown end
end ;end ;for keyof2 = 1, 2 do for readonly2 = 1, 2 do show(pcall(function(a2: number, typeof_2: any) show(pcall(function(...) type Point = false
return a2
end))
return readonly2, typeof_2
end))
local is2 = (keyof2), true
interface Shape : Base, mod.Other function area(self, x: (interface {m: ( error)})): A, B function f() end
end
end
