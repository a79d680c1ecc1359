-- Nanoseconds of CPU to validate a nested record of 20 fields: by its type, as `Order:is(value)`, and by a function that does the same
-- checks. In turns, best of ten, for others use the machine too.
local io, os = require("io"), require("os")

type Address = {street: string, number: integer, zip: string @min_len(3), city: string}
type Contact = {email: string, phone: string?, address: Address, active: boolean}
type Item = {sku: string, count: integer @min(1), price: number @min(0), note: string?}
type Order = {id: integer, user: Contact, first: Item, state: "open" | "paid" | "sent", total: number, tax: number,
  currency: string @min_len(3), gift: boolean?}

local function is_integer(v)
  return type(v) == "number" and v == math.floor(v) and v < math.huge and v > -math.huge
end

local function is_address(a)
  return type(a) == "table" and type(a.street) == "string" and is_integer(a.number) and type(a.zip) == "string"
    and #a.zip >= 3 and type(a.city) == "string"
end

local function is_contact(c)
  return type(c) == "table" and type(c.email) == "string" and (c.phone == nil or type(c.phone) == "string")
    and is_address(c.address) and type(c.active) == "boolean"
end

local function is_item(i)
  return type(i) == "table" and type(i.sku) == "string" and is_integer(i.count) and i.count >= 1
    and type(i.price) == "number" and i.price >= 0 and (i.note == nil or type(i.note) == "string")
end

local function is_order(o)
  return type(o) == "table" and is_integer(o.id) and is_contact(o.user) and is_item(o.first)
    and (o.state == "open" or o.state == "paid" or o.state == "sent") and type(o.total) == "number"
    and type(o.tax) == "number" and type(o.currency) == "string" and #o.currency >= 3
    and (o.gift == nil or type(o.gift) == "boolean")
end

local function order(id)
  return {
    id = id, state = "sent", total = 8.5, tax = 1.5, currency = "EUR", gift = false,
    user = { email = "a@example.com", phone = "1", active = true,
      address = { street = "Main street", number = 3, zip = "12345", city = "Springfield" } },
    first = { sku = "x", count = 1, price = 2.5, note = "n" },
  }
end

local function by_its_type(v)
  return Order:is(v)
end

local function check(is_valid)
  local wrong = order(1)
  wrong.user.address.number = 1.5
  assert(is_valid(order(1)) and not is_valid(wrong) and not is_valid({}))
end

-- Loops of their own, for a function around the call would count too.
local function measure_type(count, value)
  local began = os.clock()
  for _ = 1, count do Order:is(value) end
  return (os.clock() - began) / count * 1e9
end

local function measure_hand(count, value)
  local began = os.clock()
  for _ = 1, count do is_order(value) end
  return (os.clock() - began) / count * 1e9
end

local function main()
  local count = tonumber(io.args()[1] or 200) * 1000
  local value = order(1)
  local by_type, by_hand = math.huge, math.huge
  check(by_its_type)
  check(is_order)
  for _ = 1, 10 do
    by_type = math.min(by_type, measure_type(count // 10, value))
    by_hand = math.min(by_hand, measure_hand(count // 10, value))
  end
  io.print(string.format("RESULT types_validate %.0f ns", by_type))
  io.print(string.format("RESULT types_by_hand %.0f ns", by_hand))
end

return { main = main }
