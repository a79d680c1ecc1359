-- expect-exit: 1
-- expect-stderr: error: Lua has no '!='
-- expect-stderr:  = help: write '~='
-- expect-stderr: error: Lua has no '+='
-- A source that cannot be read says where, and what may be meant.
local x: number = 1
if x   != 2 then x = 3 end
x += 1
