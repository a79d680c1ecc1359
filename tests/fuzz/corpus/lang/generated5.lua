local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
show(pair.get({as = #two() as Map<Map<any>> ! :: (Point); show(), ['k1'] = {is = (...), y = 1, };
}) as (integer) as {any})
show(id(-(...), ((1))) as ((T extends is ? (string) : nil))!) ;for readonly2 = 1, 1 do local readonly3, as:((T extends is ? (interface {m: is}) : nil)) = {as = {}, as = not 55; false; }, {x = show(readonly2), id([==[]]]==], 3.), }
break end
