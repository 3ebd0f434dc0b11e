package physics

// The tank's interior, and the grid's cells over it. A cell is wider than two touching cubes are apart, centre to
// centre, so that all of a cube's partners are in its own cell or a neighbour.
const (
	TankWidth = 10.0 // metres, all three sides

	cellSize = 1.25                        // metres; how much more than diagonal + contactSlop limits steps (near)
	side     = int(TankWidth/cellSize) + 2 // with a border of empty cells, so that no neighbour is out of range
)

// item is a cube as the grid sees it.
type item struct {
	p    vec3
	cube int32 // its complement if asleep: two sleepers' product of signs tells at once that they are no pair
}

// grid is a uniform grid rebuilt every step by a counting sort: two passes over the cubes, no lists, no hashing.
// Cells are ordered by height first, so that the solver, which takes contacts in the order found, works upwards.
// (Ericson, Real-Time Collision Detection, 2005, section 7.1.)
type grid struct {
	start [side*side*side + 1]int32 // items of cell c: start[c] up to start[c+1]
	items []item
	cell  []int32 // by cube
}

func cellOf(p vec3) int32 {
	x := min(max(int32((p.x+TankWidth/2)*(1/cellSize)), 0), int32(side-3)) + 1
	y := min(max(int32(p.y*(1/cellSize)), 0), int32(side-3)) + 1
	z := min(max(int32((p.z+TankWidth/2)*(1/cellSize)), 0), int32(side-3)) + 1
	return (y*int32(side)+z)*int32(side) + x
}

// build sorts s's cubes into the cells.
func (g *grid) build(s *sim) {
	if cap(g.items) < s.live {
		g.items = make([]item, len(s.now))
		g.cell = make([]int32, len(s.now))
	}
	g.items = g.items[:s.live]
	g.start = [len(g.start)]int32{}
	for i := range s.now {
		if s.state[i] != absent {
			c := cellOf(s.now[i].p)
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
		it := item{s.now[i].p, int32(i)}
		if s.asleep[i] {
			it.cube = ^it.cube
		}
		g.items[g.start[c]] = it
	}
}

// pairs calls near for every two cubes, not both asleep, whose centres are less than cellSize apart: each pair once.
func (g *grid) pairs(near func(i, j int32)) {
	const row, layer = int32(side), int32(side * side)
	for c := row + layer; c < int32(len(g.start)-1)-row-layer; c++ {
		first, end := g.start[c], g.start[c+1]
		if first == end {
			continue
		}
		ahead := [4]struct{ from, to int32 }{
			{g.start[c+row-1], g.start[c+row+2]},
			{g.start[c+layer-row-1], g.start[c+layer-row+2]},
			{g.start[c+layer-1], g.start[c+layer+2]},
			{g.start[c+layer+row-1], g.start[c+layer+row+2]},
		}
		for at := first; at < end; at++ {
			a := g.items[at]
			check := func(others []item) {
				for _, b := range others {
					if b.p.sub(a.p).len2() < cellSize*cellSize && a.cube&b.cube >= 0 {
						near(max(a.cube, ^a.cube), max(b.cube, ^b.cube))
					}
				}
			}
			check(g.items[at+1 : g.start[c+2]]) // the rest of this cell, and the next in the row
			for _, r := range ahead {
				check(g.items[r.from:r.to])
			}
		}
	}
}
