-- lint: ignore-file W0001
local a, b, a, _, _ = f() -- lint: ignore E0017 because
-- lint: ignore
type A = B | C & D | E
local x = y as (A & B | C) type F = {x: A @min(1, 2)}
