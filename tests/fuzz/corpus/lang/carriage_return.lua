#!/usr/bin/lua
type Pt = {g @min_len(2)}
local v, e = Pt:is({x = 1})                 -->inv  l; e:message() == "y: ; f()te = [[c