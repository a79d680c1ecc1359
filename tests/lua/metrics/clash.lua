-- modules: metrics
-- flags: -c
-- expect-stderr: twice is used as a metric of two kinds: only the first counts
assert(metrics.counter_inc("twice") and metrics.gauge_set("twice", 5) and metrics.histogram("twice", 5))
