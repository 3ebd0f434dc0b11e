package physics

import "slices"

// TankWidth is the tank's inside, metres, all three sides.
const TankWidth = 10.0

// leastReach is how wide a cell is at least, metres: a little more than what two cubes that rest come to.
const leastReach = 0.9

// item is a cube as the grid sees it.
type item struct {
	p     vec3
	reach float32 // metres
	cube  int32   // its complement if asleep: two sleepers' product of signs tells at once that they are no pair
}

// grid is a uniform grid over the tank, rebuilt every step by a counting sort: two passes over the cubes, no lists, no
// hashing. Two cubes are near each other if their centres are less than the sum of their reaches apart; a cell is as
// wide as that can be, so that all of a cube's partners are in its own cell or a neighbour. Cells are ordered by height
// first, so that the solver, which takes contacts in the order found, works upwards. (Ericson, Real-Time Collision
// Detection, 2005, section 7.1.)
type grid struct {
	width float32 // of a cell, metres
	side  int32   // cells, with a border of empty ones, so that no neighbour is out of range
	start []int32 // items of cell c: start[c] up to start[c+1]
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

// build sorts s's cubes into cells, to find what is in reach of each.
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
		g.start[c] = sum // the end, which the next pass counts down to the start
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

// pairs calls near for every two cubes, not both asleep, that are near each other: each pair once.
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
