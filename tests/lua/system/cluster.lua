-- modules: system
-- node, cluster, raft, lock: the answers of a node that stands alone
local function internal(text, ...)
  local value, err = ...
  assert(value == nil and err:kind() == errors.INTERNAL and not err:retryable())
  assert(tostring(err) == text, tostring(err))
end

local id = assert(system.node.id())
assert(type(id) == "string" and #id > 0 and system.node.id() == id)
assert(system.node.role() == "non-member")
internal("membership not available", system.node.addr())

local members = system.cluster.members()
assert(#members == 1 and members[1].id == id and members[1].is_local == true and members[1].addr == nil and members[1].meta == nil)
assert(system.cluster.leader() == "")
assert(system.cluster.size() == 0 and math.type(system.cluster.size()) == "integer")

for _, name in ipairs({ "is_leader", "is_member", "role", "term", "commit_index", "stats" }) do
  internal("raft not available", system.raft[name]())
end
for _, name in ipairs({ "acquire", "release" }) do
  local f = system.lock[name]
  internal("locks are not available without a cluster", f("orders"))
  local value, err = f("")
  assert(value == nil and err:kind() == errors.INVALID)
  for _, bad in ipairs({ 5, true, {}, print }) do assert(not pcall(f, bad)) end
  assert(not pcall(f))
end
