//go:build linux

package shared

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
)

// goHammer is testdata/hammer.c in Go.
func goHammer(args []string) (code int) {
	n, _ := strconv.Atoi(args[2])
	h := helloOf(args[1], n)
	h.Flags = flagSeed
	w, err := join(args[0], h, "{}")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 4
	}
	mem := mapLedger(args[4])
	begun, committed := (*atomic.Uint64)(unsafe.Pointer(&mem[0])), (*atomic.Uint64)(unsafe.Pointer(&mem[8]))
	sparse := args[3] != "whole"
	rng := rand.New(rand.NewPCG(uint64(os.Getpid()), 3))
	k, err := whole(w.values[0], sparse)
	if err != nil || k < uint32(committed.Load()) {
		fmt.Fprintln(os.Stderr, "to go on from:", err, k, committed.Load())
		return 3
	}
	var sum uint32
	holds, next := make([]uint32, n), k*1000
	for i := 1; sparse && i < n; i++ {
		holds[i] = w.values[0][i][0]
		sum += holds[i]
	}
	put := func(i int) {
		next++
		v := recordOf(next)
		sum += v[0] - holds[i]
		holds[i] = v[0]
		w.put(i, v)
	}
	for {
		k++
		begun.Store(uint64(k))
		if !sparse {
			var v record
			for j := range v {
				v[j] = k
			}
			for i := range n {
				w.put(i, v)
			}
		} else {
			switch c := rng.IntN(12); {
			case c == 0:
				for i := 1; i < n; i++ {
					put(i)
				}
			case c < 9 && n > 1:
				for range rng.IntN(5) {
					put(1 + rng.IntN(n-1))
				}
			}
			w.put(0, record{k, sum})
		}
		if !w.commit(uint64(k), -int64(k)) {
			return 5
		}
		committed.Store(uint64(k))
	}
}

// hostForever is a host in a process of its own, to be killed.
func hostForever(address string) {
	a, err := arena.New(arena.Config[record]{MaxSlots: 20_000})
	if err == nil {
		_, err = Listen(a, address, Config[record]{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		a.Descend()
		time.Sleep(time.Millisecond)
	}
}
