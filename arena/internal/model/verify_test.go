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

// check has spin search a scene with a mutation ("" for none) and reports
// whether it found an error, and its words.
func check(t *testing.T, scene int, mutation string) (failed bool, out string) {
	t.Helper()
	dir := t.TempDir()
	file, err := filepath.Abs("model.pml")
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
	for scene := 1; scene <= 4; scene++ {
		t.Run(fmt.Sprint("scene", scene), func(t *testing.T) {
			failed, out := check(t, scene, "")
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

// Every rule is needed: without it the search finds a failure.
func TestMutations(t *testing.T) {
	for _, m := range []struct {
		scene int
		name  string
	}{
		{1, "MARK_FIRST"},            // mark before the write
		{4, "READ_FIRST"},            // versions before the swap of the bitmap
		{1, "PLAIN_EVEN_THEN_MARK"},  // test-before-OR with no barrier after the last store
		{4, "FLUSH_WITHOUT_BARRIER"}, // the same for Span
		{3, "GENERATION_FIRST"},      // the generation, then the version, then odd
		{2, "GENERATION_INSIDE"},     // a stale handle goes odd and comes back, inside a span's Set
		{3, "GENERATION_OUTSIDE"},    // Free ends the generation after its even store
		{1, "FORGET_TORN"},           // a torn slot is not looked at again
		{3, "STALE_EXIT_UNMARKED"},   // nor one that a stale handle made torn
		{1, "ACCEPT_UNCHECKED"},      // no second look at the version
	} {
		t.Run(m.name, func(t *testing.T) {
			if failed, out := check(t, m.scene, m.name); !failed {
				t.Fatalf("not caught in scene %d:\n%s", m.scene, out)
			}
		})
	}
}
