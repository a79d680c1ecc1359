-- kind: library.lua
type User = {id: number, name: string}
type Bag = ({a: number, [integer]: string} & {b?: string})?
type Secret = {code: number}
type Box<T> = {v: T}
type Renamed = {n: number}
local M = {User = User, Box = Box}
M.Other = Renamed
M.same = function(T) return rawequal(T, User) end
interface Measured function measure(self): number end
return M
