-- yaml: meta: {command: {name: attack}}
-- imports: attacks=test:cpu_attacks
-- modules: io, time, system
-- flags: --workers 1
-- T6: endless computations, in the libraries; on one worker, so that whoever else goes on, goes on because they are interrupted.
-- timeout: 60
local function main(show)
    assert(attacks("c", show) >= 50)
end
return { main = main }
