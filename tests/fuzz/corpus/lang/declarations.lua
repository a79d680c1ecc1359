type Point = {x: number, y?: integer @min(0) @max(10), [string]: any}
type Shape = {kind: "a", at: Point} | {kind: "b", list: {Point}} | "none" | 3 | -2.5 | true | nil
type Tree<T> = {value: T, kids: {Tree<T>}} type Grow<T> = {v: T, more: Grow<{T}>?} type Names = Tree<string @pattern("^a")>
interface Reader: Closer, m.Thing, Point function read(self, n: integer, ...: string): (string, error?) end
interface Closer: Reader, Closer function close<T>(self) end
type A = B type B = A type Fn = (a: Point, b?: Names, ...any) -> (Shape?, m.X) type Self = Self
local m = require("m") local sample = {1, 2, x = {a = sample, b = {1.5, 2}}} local other: {p: typeof(sample), q: typeof(other)} = nil
type S = typeof(sample) type K = keyof(Point) type I = Point["x"] type J = keyof(typeof(other)) type Both = (Point & {z: never}) | S
type G2<A, B: number> = Grow<Tree<A>> | B type Inst = G2<Point, Names> type Wrong = G2<Point>
return {Point = Point, S = S, T = m.T, is = Shape:is(1), of = typeof(other)}, Tree(Inst), integer(2)
