-- An actor as applications have them, 60 lines: an account with limits and a history, requests by topic, errors as values.
-- "hello" is answered to show that it lives.
local MOST_OPEN, HISTORY = 1000000, 8

local state = { balance = 0, frozen = false, history = {}, next = 1, refused = 0 }

local function remember(what, amount)
  state.history[state.next] = { what = what, amount = amount, balance = state.balance }
  state.next = state.next % HISTORY + 1
end

local function refuse(reason, ...)
  state.refused = state.refused + 1
  return nil, string.format(reason, ...)
end

local function check_amount(amount)
  if math.type(amount) ~= "integer" then return refuse("amount must be an integer, not %s", type(amount)) end
  if amount <= 0 then return refuse("amount must be positive, not %d", amount) end
  if state.frozen then return refuse("the account is frozen") end
  return true
end

local requests = {}

function requests.deposit(amount)
  local ok, problem = check_amount(amount)
  if not ok then return nil, problem end
  if state.balance + amount > MOST_OPEN then return refuse("more than %d", MOST_OPEN) end
  state.balance = state.balance + amount
  remember("deposit", amount)
  return state.balance
end

function requests.withdraw(amount)
  local ok, problem = check_amount(amount)
  if not ok then return nil, problem end
  if amount > state.balance then return refuse("only %d there", state.balance) end
  state.balance = state.balance - amount
  remember("withdraw", amount)
  return state.balance
end

function requests.freeze(frozen)
  state.frozen = frozen == true
  remember(state.frozen and "freeze" or "thaw", 0)
  return state.frozen
end

local function main()
  local inbox = process.inbox()
  while true do
    local message = inbox:receive()
    local topic, value, request = message:topic(), message:payload():data(), requests[message:topic()]
    if topic == "hello" then
      process.send(message:from(), "alive", value)
    elseif request then
      process.send(message:from(), "answer", request(value))
    end
  end
end

return { main = main }
