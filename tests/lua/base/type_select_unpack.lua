assert(type(nil) == "nil" and type(1) == "number" and type("") == "string" and type({}) == "table" and type(print) == "function")
assert(type(true) == "boolean" and type(coroutine.running()) == "thread" and type(channel.new()) == "userdata")
assert(not pcall(type))

assert(select("#") == 0 and select("#", nil, nil) == 2 and select("#", 1, 2, 3) == 3)
assert(select(2, "a", "b", "c") == "b" and select("#", select(2, "a", "b", "c")) == 2)
assert(select(-1, "a", "b") == "b" and select("#", select(-2, 1, 2, 3)) == 2)
assert(select("#", select(5, 1)) == 0 and select("#", select(2)) == 0)
assert(select("2", "a", "b") == "b")
assert(not pcall(select, 0) and not pcall(select, -2, 1) and not pcall(select) and not pcall(select, {}) and not pcall(select, 1.5))

assert(select("#", unpack{1, 2, 3}) == 3 and unpack({1, 2, 3}, 2) == 2 and select("#", unpack({}, 1, 3)) == 3)
