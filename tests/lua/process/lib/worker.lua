-- Tells about each job; ends with the job "end".
return {
    main = function(to)
        local jobs = process.inbox()
        while true do
            local m = jobs:receive()
            local value = m:payload():data()
            if value == "end" then return "ended" end
            process.send(to, "note", {
                pid = process.pid(), name = process.registry.lookup("worker"), value = value, from = m:from(),
            })
        end
    end,
}
