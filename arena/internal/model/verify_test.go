//go:build verify

package model

import (
	"cmp"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The models: one slot of one chunk, groups, and writers in other processes.
const (
	slots  = "model.pml"
	groups = "group.pml"
	shared = "shared.pml"
)

// check has spin search a model's scene with a mutation ("" for none) and reports
// whether it found an error, and its words.
func check(t *testing.T, model string, scene int, mutation string) (failed bool, out string) {
	t.Helper()
	dir := t.TempDir()
	file, err := filepath.Abs(model)
	if err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("spin", "-a", "-DSCENE="+fmt.Sprint(scene), "-D"+cmp.Or(mutation, "NONE"), file)
	run("cc", "-O2", "-DSAFETY", "-DCOLLAPSE", "-w", "-o", "pan", "pan.c")
	out = run("./pan", "-m200000")
	if strings.Contains(out, "max search depth too small") {
		t.Fatalf("the search is not complete:\n%s", out)
	}
	return !strings.Contains(out, "errors: 0"), out
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	for _, m := range []struct {
		model  string
		scenes int
	}{{slots, 4}, {groups, 3}, {shared, 4}} {
		for scene := 1; scene <= m.scenes; scene++ {
			t.Run(fmt.Sprintf("%s/scene%d", m.model, scene), func(t *testing.T) {
				failed, out := check(t, m.model, scene, "")
				if failed {
					t.Fatalf("the protocol is wrong:\n%s", out)
				}
				for line := range strings.Lines(out) {
					if strings.Contains(line, "states, stored") {
						t.Log(strings.TrimSpace(line))
					}
				}
			})
		}
	}
}

// Every rule is needed: without it the search finds a failure.
func TestMutations(t *testing.T) {
	t.Parallel()
	for _, m := range []struct {
		model string
		scene int
		name  string
	}{
		{slots, 1, "MARK_FIRST"},            // mark before the write
		{slots, 4, "READ_FIRST"},            // versions before the swap of the bitmap
		{slots, 1, "PLAIN_EVEN_THEN_MARK"},  // test-before-OR with no barrier after the last store
		{slots, 4, "FLUSH_WITHOUT_BARRIER"}, // the same for Span
		{slots, 3, "GENERATION_FIRST"},      // the generation, then the version, then odd
		{slots, 2, "GENERATION_INSIDE"},     // a stale handle goes odd and comes back, inside a span's Set
		{slots, 3, "GENERATION_OUTSIDE"},    // Free ends the generation after its even store
		{slots, 1, "FORGET_TORN"},           // a torn slot is not looked at again
		{slots, 3, "STALE_EXIT_UNMARKED"},   // nor one that a stale handle made torn
		{slots, 1, "ACCEPT_UNCHECKED"},      // no second look at the version

		{groups, 1, "NO_CARRY"},     // news that the reader has not taken are forgotten
		{groups, 1, "NO_CATCHUP"},   // or carried without their values
		{groups, 1, "FRESH_LOST"},   // the swap does not say that there is something to take
		{groups, 1, "MARK_FIRST"},   // the group's bit before the swap
		{groups, 1, "KEEP_FRONT"},   // the reader gives its buffer back and goes on reading it
		{groups, 1, "TAKE_TORN"},    // the reader's swap in two steps
		{groups, 2, "MARK_STORE"},   // a bit set by load and store loses another group's
		{groups, 2, "LOOK_FIRST"},   // buffers looked at before the word of bits is cleared
		{groups, 3, "CLOSE_LATE"},   // Free hides, then closes
		{groups, 3, "TAKE_LATE"},    // commits are taken after the chunks were scanned
		{groups, 3, "APPLY_CLOSED"}, // and shown although their span was freed

		{shared, 1, "NO_CARRY"},     // as above, from another process
		{shared, 4, "PLAIN"},        // the writer's exchange is a load and a store
		{shared, 1, "REUSE"},        // the next writer has the block of the one that died, which goes on writing
		{shared, 1, "DETACH_EARLY"}, // a Descend changes blocks without a look at the old one
		{shared, 1, "LATE_LOOK"},    // or without a look at the new one
		{shared, 1, "SEED_EARLY"},   // the seed is copied before the old block's last commit shows
	} {
		t.Run(m.name, func(t *testing.T) {
			if failed, out := check(t, m.model, m.scene, m.name); !failed {
				t.Fatalf("not caught in scene %d:\n%s", m.scene, out)
			}
		})
	}
}
