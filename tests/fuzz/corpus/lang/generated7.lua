local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
;
(id or show)(1) ;x = nil
local function as<T>(as2?: number) repeat for _ = 1, 2 do goto next as2 = 3.

::next::type Late = { --[==[ x
]==] end ?: readonly {any}, as?: -- y
{ number }; } end
until true or function<T: {x: T}>(as3?: Map<Map<any>>, typeof_:(fun(typeof(x + f(1 as T, 'a'!, {as})), a: any) -> ())) for a2 = 1, 3 do do repeat show(pcall(function<T>(a1:(keyof(unknown))) local function b1(typeof_2:Map<Map<any>>, keyof1): asserts x is string ;
(id or show)(1) ;end
return 3., 1e3
end))
until true or a2
end ;end
for keyof = 1, 2 do local fun3 = nil
end
show(909 !, ("s\z
   t"), show())
end
local keyof1:Map<Map<any>>, fun:Map<Map<any>> = as, as2
for fun3 = 1, 1 do type Node<T>=typeof(x + f(1 as T, 'a'!, {as}))
fun3 = pair['get'](nil, fun) as Map<Map<any>>! :: string
end
return id(), function(readonly3: (error), b) repeat repeat repeat type as <K, V: T>=0x1F
until true or [==[]]]==]
until true or as2 ;until true or 887
local function a1<T: any>(is2?: string, ...) ;
(id or show)(1)
return b
end
return two(235, b) as (Point)
end
end
show(362 as {any} !)
repeat	for _ = 1, 2 do goto next for _ = 1, 2 do goto next for readonly = 1, 3 do for keyof3 = 1, 1 do local function type1(...:((() -> (|Pair & true)))) local a ;end
break end
end ;
::next:: end
interface Shape: Base function area(self, x: {any}): A, B function f() end 
::next::type Late = keyof(Node) end ;local fun3, a2 = 1
until true or {y = two(); -- comment
}
if function<K, V: Map<Map<T>>>(): (A, string) repeat -- comment
if 1 | 1 then if 1 then interface Shape : Base, mod.Other function area(self, x: {any}): A, B function f() end
else if 1 then local function a<T: any>(...)
show(pcall(function(is1, keyof, ...:(interface {m: ((a: nil, a: table, ...function) -- y
-> ())})): (A, (mod.T)) show(pcall(function(is3: string): (A, (Node)) interface Shape : Base, mod.Other function area(self, x: (Map<is, Map<type>>)): {any} function f() end end)) ;end))
end
end
end
elseif 1 .. 3. then if nil then show(1)
else for is3 = 1, 2 do type Pair=error
end
end
end
interface Shape: Base function area(self, x: number): A, B function f() end local function is3<T: any>(a:(((a: interface {m: readonly}, a: fun(is, unknown): keyof) -> (keyof(true),
readonly {mod.T},
keyof('a'),
number))), type1 :Point): asserts x type type<T>=keyof end ;until true or ((1)) as {any}
show({}, function(fun1?: ((T extends Point ? (fun(b?: integer, a: string): table) : nil)), typeof_3): A, (( readonly {1})) do show(fun1,
452, typeof_3)
end
if fun1 + 1e3 then interface Shape function area(self, x: Point): A, B function f() end end
return {as = [==[]]]==], }, #182
end, pair['get'](pair.get(1), false & 139))
return two() as Point
end then repeat	x = nil
show(id("s\z
   t"))
;
(id or show)(1) ;until true or not 0xFF
local function type1(type2, ...:(false)) ;
(id or show)(1)
show((type1) as {any} :: string) ;return type1 & type2, #type1 as number
end
end
show(function(is, type1): asserts x is ((T extends Pair ? (typeof(x + f(1 as T, 'a'!, {as}))) : nil)) ;
(id or show)(1)
local fun3 = not is !
for _ = 1, 2 do goto next for c = 1, 3 do local fun = true, type1
end ;type1 = pair['get'](true, is)

::next:: end
return pair.get(-is)
end, 1)
if 1 then
for is3 = 1, 1 do
;
(id or show)(1)
repeat if is3 then ;
(id or show)(1)
elseif (...) then ;
(id or show)(1)
end
until true or is3 !
end
local function typeof_2<T: any>(interface3, ...) ;
(id or show)(1)
for _ = 1, 2 do goto next ;
(id or show)(1) ;
::next:: end
for readonly3 = 1, 3 do ;
(id or show)(1)
end ;return (typeof_2), 390
end
else do --[[ comment
of two lines ]] type keyof <K, V: T> = fun(a: Node)
if not 0xFF then repeat repeat	for _ = 1, 2 do goto next do repeat
;
(id or show)(1) ;until true or "s\z
   t"
end

::next:: end
until true or 1 ;until true or 0xFF
elseif show(1, 1) ! then show(766) ;end
local function interface3<T>(a2?: {any}, keyof, ...) ;
(id or show)(1)
end
end
end
local function fun<T: any>(readonly1, ...:{any}) repeat type Point = interface {m: (|function & 1)}
interface Shape : Base, mod.Other function area(self, x: number): A, B function f() end
until true or not readonly1
return pair['get']() ! as (typeof(x + f(1 as T, 'a'!, {as}))['k']), 3.
end
