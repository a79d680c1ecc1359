local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
if two(function(fun1:string): asserts x is string for _ = 1, 2 do goto next repeat do	type Point=Point end ;until true or 1e3

::next::type Late = 1 end
interface Shape function area(self, x: string): A, B function f() end

(id or show)(1)
end) ! then	;
(id or show)(1)
elseif {} then if (nil ~= nil) then interface Shape function area(self, x: number): any function f() end
x = nil ;;
(id or show)(1)
elseif id(978, 1)! then show(1)
x = nil
end
end
