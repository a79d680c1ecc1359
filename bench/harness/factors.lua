-- SPDX-License-Identifier: MIT
-- factors: figures that say how many times as much one figure is as another, within each round: {name, unit, above, below}.
--
-- A factor in `x` is the better the larger it is; one in `x cost` the smaller: by how much each operation got dearer.
return {
  { name = "scaling", unit = "x", above = "scaling_1", below = "scaling_2" },
  { name = "growth_spawn", unit = "x cost", above = "growth_spawn_1M", below = "growth_spawn_1k" },
  { name = "growth_send", unit = "x cost", above = "growth_send_1M", below = "growth_send_1k" },
  { name = "growth_timer", unit = "x cost", above = "growth_timer_1M", below = "growth_timer_1k" },
}
