//go:build cgo || js

package upload

import (
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload/internal/native"
)

// A plan lists the calls of one Upload. It depends on the arguments of make alone: the same ranges, pages and costs
// give the same calls.
type plan struct {
	writes   []write       // from the mirror to pages
	sections []section     // the dispatches of all scatters
	packed   []native.Run  // the slots of all sections, each run inside one page
	rounds   []int         // where in sections each scatter submit ends
	took     [Full + 1]int // pages, by strategy

	dirty []dirty // scratch: the pages with changes
}

// write uploads count slots of one page, beginning with arena slot first.
type write struct{ page, first, count int }

// section is one dispatch of a scatter. It copies the runs packed[from:to], which have so many slots, to one page.
type section struct{ page, slots, from, to int }

// dirty is a page with changes.
type dirty struct {
	page    int
	ranges  []arena.Range // that overlap the page; the first and the last may reach beyond it
	scatter bool
}

// limits bound the sizes in a plan.
type limits struct {
	stride     int // bytes in a slot
	writeSlots int // most slots in one write
	roundSlots int // most slots in one scatter submit
	queued     int // bytes of writes that may wait in wgpu's queue; beyond that the uploader flushes it
}

// make plans how to upload ranges (ascending, within the pages) to pages (ascending, without gaps).
func (p *plan) make(ranges []arena.Range, pages []Page, l limits, s Strategy, c Costs) {
	p.writes, p.sections, p.packed, p.rounds = p.writes[:0], p.sections[:0], p.packed[:0], p.rounds[:0]
	p.split(ranges, pages)

	gap := c.gap(l.stride)
	switch s {
	case Auto:
		p.chooseScatter(pages, l, c, gap)
	case Ranges:
		gap = 0
	case Scatter:
		for i := range p.dirty {
			p.dirty[i].scatter = true
		}
	case Full:
		gap = noLimit
	}
	room := 0 // slots that the round under way can still take
	for _, d := range p.dirty {
		if d.scatter {
			room = p.scatter(d, pages[d.page], l.roundSlots, room)
			p.took[Scatter]++
		} else {
			p.took[p.merge(d, pages[d.page], l.writeSlots, gap)]++
		}
	}
	if len(p.sections) > 0 {
		p.rounds = append(p.rounds, len(p.sections))
	}
}

// split finds the pages with changes.
func (p *plan) split(ranges []arena.Range, pages []Page) {
	p.dirty, p.took = p.dirty[:0], [Full + 1]int{}
	for i, page := range pages {
		n := 0 // ranges that begin before the page ends
		for n < len(ranges) && ranges[n].First < page.First+page.Count {
			n++
		}
		if n == 0 {
			continue
		}
		p.dirty = append(p.dirty, dirty{page: i, ranges: ranges[:n]})
		if ranges[n-1].End() > page.First+page.Count {
			n-- // the rest of this range belongs to the next page
		}
		ranges = ranges[n:]
	}
}

// chooseScatter marks the pages that are cheaper to scatter, if together they save more than the submits cost.
func (p *plan) chooseScatter(pages []Page, l limits, c Costs, gap int) {
	saved, packed := 0.0, 0
	for i := range p.dirty {
		d := &p.dirty[i]
		page, calls, slots, merged, last := pages[d.page], 0, 0, 0, 0
		for _, r := range d.ranges {
			r = clip(r, page)
			if calls == 0 || r.First-last > gap {
				calls++
			} else {
				merged += r.First - last
			}
			slots += r.Count
			last = r.End()
		}
		if gain := c.write(calls, (merged+slots)*l.stride) - c.scatter(slots, l.stride); gain > 0 {
			d.scatter = true
			saved += gain
			packed += slots
		}
	}
	submits := (packed + l.roundSlots - 1) / l.roundSlots
	if saved <= float64(submits)*c.Submit {
		for i := range p.dirty {
			p.dirty[i].scatter = false
		}
	}
}

// noLimit is a gap that joins all ranges.
const noLimit = int(^uint(0) >> 1)

// merge plans the writes for d. It joins ranges that are at most gap slots apart, and returns the strategy that
// results.
func (p *plan) merge(d dirty, page Page, writeSlots, gap int) Strategy {
	runs, joined := 0, false
	var run arena.Range
	flush := func() {
		for run.Count > 0 {
			n := min(run.Count, writeSlots)
			p.writes = append(p.writes, write{d.page, run.First, n})
			run = arena.Range{First: run.First + n, Count: run.Count - n}
		}
	}
	for _, r := range d.ranges {
		r = clip(r, page)
		if run.Count > 0 && r.First-run.End() <= gap {
			run.Count = r.End() - run.First
			joined = true
			continue
		}
		flush()
		run = r
		runs++
	}
	flush()
	switch {
	case !joined:
		return Ranges
	case runs == 1:
		return Full
	}
	return Merged
}

// scatter plans the sections for d. A round (one submit) takes roundSlots at most, and the round under way can still
// take room slots. scatter returns how many slots the last round can still take.
func (p *plan) scatter(d dirty, page Page, roundSlots, room int) int {
	open := false // whether the last section belongs to this page and this round
	for _, r := range d.ranges {
		r = clip(r, page)
		for r.Count > 0 {
			if room == 0 {
				if len(p.sections) > 0 {
					p.rounds = append(p.rounds, len(p.sections))
				}
				room, open = roundSlots, false
			}
			if !open {
				p.sections = append(p.sections, section{page: d.page, from: len(p.packed), to: len(p.packed)})
				open = true
			}
			n := min(r.Count, room)
			s := &p.sections[len(p.sections)-1]
			p.packed = append(p.packed, native.Run{First: r.First, Count: n})
			s.to++
			s.slots += n
			room -= n
			r = arena.Range{First: r.First + n, Count: r.Count - n}
		}
	}
	return room
}

// clip returns the part of r that lies in page.
func clip(r arena.Range, page Page) arena.Range {
	first := max(r.First, page.First)
	return arena.Range{First: first, Count: min(r.End(), page.First+page.Count) - first}
}
