-- Looks at what waits in its mailbox when it starts, then at `more` messages that come later.
return {
    main = function(_, more)
        local inbox, seen = process.inbox(), { count = 0 }
        local function note(message)
            seen.count = seen.count + 1
            local payload = message:payload()
            local value
            if type(payload) == "table" then
                value = {}
                for i, p in ipairs(payload) do value[i] = p:data() end
            elseif payload then
                value = payload:data()
            end
            seen[seen.count] = { topic = message:topic(), from = message:from(), value = value }
        end
        while true do
            local r = channel.select { inbox:case_receive(), default = true }
            if r.default then break end
            note(r.value)
        end
        while seen.count < (more or 0) do note(inbox:receive()) end
        return seen
    end,
}
