-- Stands for the leaves first .. first + size - 1; sends their sum to its parent.
local function main(parent, first, size)
  local sum = first
  if size > 1 then
    local sums, me, share = process.listen("sum"), process.pid(), size // 10
    sum = 0
    for i = 0, 9 do assert(process.spawn("bench:node", "bench:processes", me, first + i * share, share)) end
    for _ = 1, 10 do sum = sum + sums:receive() end
  end
  process.send(parent, "sum", sum)
end

return { main = main }
