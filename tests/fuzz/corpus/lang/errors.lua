x = = 1
if a != b then continue end
for i = 1 do local function f(a b) return 1 x() end
type A = {x: } interface B function 1 end
a += 1 i++ if a && b || !c then elif d
local s = 'a\q\x4\u{110000}' [=== 1..2 0x
local x <const> = y as T.z f(function() z = = end)
goto nowhere ::l:: ::l:: break end
