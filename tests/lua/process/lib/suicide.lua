return { main = function()
    while true do
        pcall(function() pcall(process.terminate, process.pid()) end)
    end
end }
