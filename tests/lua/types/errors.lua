-- expect-exit: 1
-- expect-stderr: main.lua:6:8: entry test:main: Lua has no '!='; write '~='
-- expect-stderr: (and 1 more)
-- A source that cannot be read says where, and what may be meant.
local x: number = 1
if x   != 2 then x = 3 end
x += 1
