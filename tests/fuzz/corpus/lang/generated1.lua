local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
local b = pair.get(1 ~ nil, (false)) * ({['k5'] = 1, }), 1
;
(id or show)(1)
;
(id or show)(1)
