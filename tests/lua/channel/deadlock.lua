-- expect-exit: 1
-- expect-stderr: deadlock:
-- All coroutines wait on private channels and nothing can wake them.
local function main()
    coroutine.spawn(function() channel.new():receive() end)
    channel.select {}
end
return { main = main }
