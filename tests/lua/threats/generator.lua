-- modules: io, time, system
-- imports: arena=test:arena
-- flags: --workers 1
-- timeout: 60
-- T10: preemption is invisible in coroutines. Generators, nested and through pcall, metamethods and iterators, give their whole
-- sequence while everybody else on the only worker makes the scheduler interrupt them.
local COUNT = 300000

local function numbers(n)
    return coroutine.wrap(function()
        for i = 1, n do coroutine.yield(i) end
    end)
end

-- A generator over a generator, in a pcall.
local function odd(n)
    return coroutine.wrap(function()
        assert(pcall(function()
            for i in numbers(n) do
                if i % 2 == 1 then coroutine.yield(i) end
            end
        end))
    end)
end

local adding = setmetatable({}, { __add = function(_, gen) return gen() end })

local function main()
    arena.open()
    local spinners = {}
    for i = 1, 3 do spinners[i] = assert(process.spawn("test:spinner", "test:processes")) end
    local preemptions = system.workers()[1].preemptions
    local sum, last = 0, 0
    for i in numbers(COUNT) do
        assert(i == last + 1, "a number was lost or doubled")
        last, sum = i, sum + i
    end
    assert(sum == COUNT * (COUNT + 1) // 2)
    last = -1
    for i in odd(COUNT) do
        assert(i == last + 2)
        last = i
    end
    local gen = numbers(COUNT)
    for i = 1, COUNT do assert(adding + gen == i) end
    assert(gen() == nil and not pcall(gen))
    assert(system.workers()[1].preemptions > preemptions, "nobody was interrupted: this test shows nothing")
    for _, pid in ipairs(spinners) do process.terminate(pid) end
    arena.close()
end
return { main = main }
