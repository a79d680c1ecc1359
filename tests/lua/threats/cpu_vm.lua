-- yaml: meta: {command: {name: attack}}
-- imports: attacks=test:cpu_attacks
-- modules: io, time, system
-- flags: --workers 1
-- T5: endless computations, in the VM; on one worker, so that whoever else goes on, goes on because they are interrupted.
-- timeout: 60
local function main(show)
    assert(attacks("vm", show) >= 36)
end
return { main = main }
