-- Execs a process that waits.
return { main = function(to) return process.exec("test:exec_target", "test:processes", to) end }
