-- kind: library.lua
-- modules: time
local time = require("time")
type Span = {from: time.Time, to: time.Time}
type Hidden = {every: time.Duration}
return {Span = Span}
