-- SPDX-License-Identifier: MIT
-- lending: in a virtual machine the host may take back what nobody uses, and then the first touch of a page costs ten times as much as
-- clearing it. So `floor lend` touches as much memory as the hungriest program of a row needs, before each of its programs.
local lending = {}

-- What the kernel could give to a program, in megabytes; 0 if it does not say.
function lending.available(path)
  for line in io.lines(path or "/proc/meminfo") do
    local kilobytes = line:match("^MemAvailable:%s+(%d+) kB$")
    if kilobytes then return tonumber(kilobytes) // 1024 end
  end
  return 0
end

-- How many of the wanted megabytes are touched: never more than half of what is there.
function lending.bounded(wanted, available) return math.min(wanted, available // 2) end

-- Does it; true when it went well.
function lending.touch(floor, megabytes) return megabytes < 1 or os.execute(string.format("'%s' lend %d", floor, megabytes)) == true end

return lending
