package physics

import "slices"

// TankWidth is the inner width, height and depth of a tank, in metres.
const TankWidth = 10.0

// leastReach is the least width of a cell, in metres. It is a little more than the distance at which two cubes at
// rest are near each other.
const leastReach = 0.9

// An item is a cube in the grid.
type item struct {
	p     vec3
	reach float32 // metres
	cube  int32   // the complement if the cube is asleep; the signs of two sleepers tell at once that they are not a pair
}

// A grid is a uniform grid over the tank. Every step builds it anew by a counting sort: two passes over the cubes,
// without lists or hashing. Two cubes are near each other if the distance of their centres is less than the sum of
// their reaches. A cell is as wide as the largest such sum, so all partners of a cube are in its own cell or in a
// neighbour. Cells are ordered by height first, so that the solver works upwards, since it takes the contacts in the
// order in which they are found (Ericson, Real-Time Collision Detection, 2005, section 7.1).
type grid struct {
	width float32 // of a cell, metres
	side  int32   // cells along a side, with a border of empty cells, so that every neighbour is in range
	start []int32 // cell c has the items from start[c] up to start[c+1]
	items []item
	cell  []int32 // by cube
}

func (g *grid) cellOf(p vec3) int32 {
	per, last := 1/g.width, g.side-3
	x := min(max(int32((p.x+TankWidth/2)*per), 0), last) + 1
	y := min(max(int32(p.y*per), 0), last) + 1
	z := min(max(int32((p.z+TankWidth/2)*per), 0), last) + 1
	return (y*g.side+z)*g.side + x
}

// build sorts the cubes of s into cells.
func (g *grid) build(s *sim, reach []float32) {
	if cap(g.items) < s.live {
		g.items = make([]item, len(s.now))
		g.cell = make([]int32, len(s.now))
	}
	g.items = g.items[:s.live]
	cells := int32(TankWidth / max(leastReach, 2*slices.Max(reach)))
	g.width, g.side = TankWidth/float32(cells), cells+2
	n := int(g.side*g.side*g.side) + 1
	g.start = slices.Grow(g.start[:0], n)[:n]
	clear(g.start)
	for i := range s.now {
		if s.state[i] != absent {
			c := g.cellOf(s.now[i].p)
			g.cell[i] = c
			g.start[c]++
		}
	}
	sum := int32(0)
	for c := range g.start {
		sum += g.start[c]
		g.start[c] = sum // the end; the next pass counts down to the start
	}
	for i := len(s.now) - 1; i >= 0; i-- {
		if s.state[i] == absent {
			continue
		}
		c := g.cell[i]
		g.start[c]--
		it := item{s.now[i].p, reach[i], int32(i)}
		if s.asleep[i] {
			it.cube = ^it.cube
		}
		g.items[g.start[c]] = it
	}
}

// pairs calls near once for every two cubes that are near each other, unless both are asleep.
func (g *grid) pairs(near func(i, j int32)) {
	row, layer := g.side, g.side*g.side
	for c := row + layer; c < int32(len(g.start)-1)-row-layer; c++ {
		first, end := g.start[c], g.start[c+1]
		if first == end {
			continue
		}
		ahead := [4][]item{
			g.items[g.start[c+row-1]:g.start[c+row+2]],
			g.items[g.start[c+layer-row-1]:g.start[c+layer-row+2]],
			g.items[g.start[c+layer-1]:g.start[c+layer+2]],
			g.items[g.start[c+layer+row-1]:g.start[c+layer+row+2]],
		}
		for at := first; at < end; at++ {
			a := g.items[at]
			others := g.items[at+1 : g.start[c+2]] // the rest of this cell, and the next in the row
			for k := 0; ; k++ {
				for i := range others {
					b := &others[i]
					if r := a.reach + b.reach; b.p.sub(a.p).len2() < r*r && a.cube&b.cube >= 0 {
						near(max(a.cube, ^a.cube), max(b.cube, ^b.cube))
					}
				}
				if k == len(ahead) {
					break
				}
				others = ahead[k]
			}
		}
	}
}
