-- modules: env, time
-- a process that is ended while its value is on the way to the disk takes nobody along
for _ = 1, 50 do
  local pid = assert(process.spawn("test:setter", "test:processes"))
  process.terminate(pid)
end
assert(env.set("IN_FILE2", "alive") and env.get("IN_FILE2") == "alive")
