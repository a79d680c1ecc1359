process.exec("test:child", "test:processes", "nothing")
return { main = function() end }
