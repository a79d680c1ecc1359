-- Types that look at many values keep more than others, and mean the same.
-- modules: system
type User = {id: integer, name: string @min_len(2), tags?: {string}}
type Pair<A, B> = {left: A, right: B}
type Only = {seen: boolean}
local Mixed = Pair(User, Integer) -- its set lies in the process
local is, mixed_is, user_type = User.is, Mixed.is, User
local user = {id = 1, name = "ab", tags = {"x"}}
local function look(count)
    for i = 1, count do
        assert(is(user) == user and User:is(user) == user and User(user) == user)
        assert(not User:is({id = i, name = "a"}) and not User:is({id = 1.5, name = "ab"}))
        local pair = {left = user, right = i}
        assert(Mixed:is(pair) == pair and Mixed(pair) == pair and mixed_is({left = user, right = 1}))
        assert(Integer(i) == i and Integer:is(i) == i)
        if i % 500 == 0 then system.gc.collect() end
    end
    assert(select(2, Mixed:is({left = {id = 1, name = "ab", tags = {1}}, right = 1})):message()
        == "left.tags[1]: expected string, got number")
    assert(select(2, User:is({id = 1, name = "a"})):details().constraint == "min_len")
    assert(User.is == is and Mixed.is == mixed_is and rawequal(user_type, User), "one function, one value")
    assert(rawequal(Mixed.left, User) and Mixed.right == Integer and Mixed:name() == "Pair")
end
look(10)
look(3000)
system.gc.collect()
look(10)
-- first asked for its `is` when it is hot
for _ = 1, 2000 do Only({seen = true}) end
local only = Only.is
assert(only({seen = false}) and only == Only.is and not only({}))
local late = Pair(String, String)
for _ = 1, 2000 do late({left = "a", right = "b"}) end
system.gc.collect()
assert(late:is({left = "a", right = "b"}) and late.is == late.is and not late.is({left = 1}))
assert(rawequal(Pair(String, String), late))
-- what is used no more is made anew
late, Mixed, mixed_is, is, only, user_type = nil, nil, nil, nil, nil, nil
for _ = 1, 3 do
    system.gc.collect()
    assert(User:is(user) == user and Only:is({seen = true}) and Pair(User, Integer):is({left = user, right = 2}))
end
-- the forms of the call
assert(select("#", User:is()) == 2 and not User:is() and User:is(user, 2) == user)
assert(select("#", User:is(table.unpack({user, 1, 2}))) == 2 and Nil:is() == nil and not User:is(User))
assert((User):is(user) == user and User.is(user) == user and User:is {id = 1, name = "ab"} and string:is"x" == "x")
assert(User
  :is
  (
    user
  ) == user)
do
  type Type = any
  assert(rawequal(Type:is(User), User))
end
