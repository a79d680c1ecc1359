local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
type is=((b?: 'a' | any, b?: readonly) -> (false, fun(a: true, a: readonly {mod.T?})))
x = nil
do x = nil
end
show((...) as Point as Map<Map<any>>, 1,	(((...) * 307) as string as any))
for fun2 = 1, 2 do do
fun2 = show() ;do show(fun2)
end ;end
if nil! then ;
(id or show)(1)
interface Shape function area(self, x: any): string function f() end
for _ = 1, 2 do goto next show(pcall(function(b2, readonly1:any) interface Shape: Base function area(self, x: (keyof(( integer)))): (Node) function f() end end))

::next:: end
elseif id() !! then for _ = 1, 2 do goto next
local readonly1 = nil, fun2 ;
::next::type Late = mod.T end
repeat for _ = 1, 2 do goto next repeat show(pcall(function(keyof1, type?: ({[ readonly {string}]: typeof(x + f(1 as T, 'a'!, {as}))}), ...: number)	show(keyof1)
end))
until true or 1e3

::next:: end
until true or fun2 % (...)
local function fun<T: {x: T}>(b1, as1) local fun3
return fun3
end
end
break end
type readonly = ( unknown)
if 1 then show(pcall(function(type2, a1): any for _ = 1, 2 do goto next repeat show(pcall(function<K, V: Map<Map<T>>>(as3, ...:Point): (A, any) interface Shape: Base function area(self, x: number): A, B function f() end
end))
until true or 466 ;
::next::type Late = readonly {number} end ;;
(id or show)(1)
local function a<T: {x: T}>(type1, ...): (A, number) if a then show(pcall(function(keyof2, interface3?: ((|Map<Node, unknown> & keyof(readonly)))): (A, {any}) interface Shape function area(self, x: (interface {m: number})): A, B function f() end
return type2
end)) ;else for _ = 1, 2 do goto next type1 = (...)

::next:: end ;end ;end
return 718
end)) ;;
(id or show)(1)
else x = nil
show(1 & two(3.) as (keyof(as)) !) ;x = nil
end
