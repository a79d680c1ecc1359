-- modules: metrics
-- flags: -c
-- expect-stderr: series: flood{n="
-- Who makes up label values fills neither the memory nor the log; what is there already counts on.
for i = 1, 15000 do
    assert(metrics.counter_inc("flood", { n = tostring(i) }) == true)
end
for i = 1, 1000 do
    assert(metrics.gauge_set("flood" .. i, i) == true)
end
-- a table of labels may be large as long as most of it is no label
local large = {}
for i = 1, 200000 do
    large[i] = "x"
end
large.a = "b"
assert(metrics.counter_inc("flood", large))
