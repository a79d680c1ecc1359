local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
;
(id or show)(1)
for interface = 1, 2 do do type readonly<T>={[ true | false]: Map<integer>}
repeat type is<T> = (|true & as)
until true or interface as (Map<(T extends is ? (error) : nil), fun(a: readonly, b?: table, ...[[c
d]]), function | integer>) !
end
repeat do repeat	if interface then do
interface Shape function area(self, x: (mod.Map<Map<boolean,
((true, b?: unknown) -> -- y
())>>)): ((|type & {[ boolean]: number})) function f() end
end ;elseif 0xFF then show(pcall(function<T: {x: T}>(keyof1?: any, a, ...) --[[ comment
of two lines ]] ;
(id or show)(1)
return interface, false
end))
end
until true or interface
end
for c3 = 1, 1 do	do for _ = 1, 2 do goto next do interface = [==[]]]==]
end

::next:: end
end
end
show(pcall(function(interface2, typeof_?: (table), ... :any) show(typeof_)
return false, (...)
end))
until true or function<K, V: Map<Map<T>>>(interface?: string, ...: Point): (A, ({ type })) for fun = 1, 1 do local fun2:(Point), c = (...), 1 // 1
end
;
(id or show)(1)
return 0x1p4
end ;end
;
(id or show)(1)
local type1
repeat interface Shape : Base, mod.Other function area(self, x: any): A, B function f() end until true or show(function<K, V: Map<Map<T>>>(fun3 :(function), typeof_1 :(number)) for _ = 1, 2 do goto next do for fun = 1, 2 do for keyof = 1, 1 do ;
(id or show)(1) ;end ;end
end ;
::next:: end
for interface3 = 1, 2 do	for _ = 1, 2 do goto next local function fun3<T>(typeof_) local keyof:any = fun3, type1
end

::next:: end
end
return 1 // 1 - 0xFF, not fun3
end)! !
for _ = 1, 2 do goto next	repeat repeat if 1 then ;
(id or show)(1)
elseif 1 then for typeof_ = 1, 2 do local readonly2
end
else show(pcall(function(keyof3, c3?: Point, ...) repeat type Point<T>=error
until true or false ;end)) ;end
until true or show() as Map<Map<any>> as (fun((|table & "b\n"), typeof(x + f(1 as T, 'a'!, {as}))) -> ()) :: (Point)
until true or -0xFF

::next::type Late = [[c
d]] @min(1) end
for _ = 1, 2 do goto next show(show(454, 1 + [==[]]]==]), {['k9'] = 724 - 1; })
if #id(false)! then for _ = 1, 2 do goto next local fun = 1

::next:: end
elseif two(1)! as Map<Map<any>> :: (Point) then interface Shape: Base function area(self, x: ((T extends keyof ? (readonly {Point}) : nil))): {any} function f() end
local function b2<T: any>(b?: Map<Map<any>>, c) interface Shape : Base, mod.Other
function area(self, x: {any}): A, B function f() end
end ;interface Shape function area(self, x: any): ({[ Map<keyof, as>]: --[==[ x
]==] {[ keyof]: "b\n"}}) function f() end end

::next:: end ;if ((two()) as Point :: (Point)) then x = nil
local b2, type3 = not 1e3 ! ! :: string
elseif 1 then for _ = 1, 2 do goto next for a2 = 1, 2 do do local function type2(c1): Map<Map<any>> interface Shape function area(self, x: ((|{ number
} & { as }))): A, B function f() end
return 1e3, type2
end
end
end
show(pcall(function<T>(fun3, interface: (boolean), ...) local as3 = "s\z
   t", interface
end))

::next:: end
end
