//go:build linux

package shared

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// The programs of examples/shared/README.md run as they stand there, with nothing but the client file beside them, and
// show what they say: 400 cubes that move.
func TestProgramsOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../../examples/shared/README.md")
	if err != nil {
		t.Fatal(err)
	}
	type mat4 [4][4]float32
	for _, x := range []struct{ language, file, client, build, run string }{
		{"python", "wave.py", "slotstream.py", "", "/usr/bin/python3 -S wave.py"}, // -S: without numpy
		{"c", "wave.c", "slotstream.h", "cc -O2 -Wall -Wextra -Werror wave.c -lm -o wave", "./wave"},
		{"rust", "wave.rs", "slotstream.rs", "rustc -O -D warnings wave.rs", "./wave"},
	} {
		if x.language == "rust" && !*more {
			continue
		}
		program := regexp.MustCompile("(?s)```" + x.language + "\n(.*?)```").FindSubmatch(readme)
		client, err := os.ReadFile(filepath.Join("clients", x.client))
		if program == nil || err != nil {
			t.Fatal(x.language, err)
		}
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, x.file), program[1], 0o600)
		os.WriteFile(filepath.Join(dir, x.client), client, 0o600)
		command := func(line string) *exec.Cmd {
			args := strings.Fields(line)
			c := exec.Command(args[0], args[1:]...)
			c.Dir, c.Env = dir, append(os.Environ(), "SLOTSTREAM_SOCKET="+filepath.Join(dir, "s"))
			return c
		}
		if x.build != "" {
			if out, err := command(x.build).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", x.build, err, out)
			}
		}
		a, err := arena.New(arena.Config[mat4]{MaxSlots: 1000})
		if err != nil {
			t.Fatal(err)
		}
		l, err := Listen(a, filepath.Join(dir, "s"), Config[mat4]{})
		if err != nil {
			t.Fatal(err)
		}
		c := start(t, command(x.run))
		heights := map[float32]bool{} // of cube 399
		for end := time.Now().Add(time.Minute); len(heights) < 5; time.Sleep(time.Millisecond) {
			a.Descend()
			if m := a.Mirror(); len(m) >= 400 && m[399] != (mat4{}) {
				y := m[399][3][1]
				if m[399] != (mat4{{0.8}, {0, 0.8}, {0, 0, 0.8}, {19, y, 19, 1}}) || y < 1 || y > 3 {
					t.Fatalf("%s: cube 399 is %v", x.language, m[399])
				}
				heights[y] = true
			}
			if time.Now().After(end) {
				t.Fatalf("%s: nothing moves: %v", x.language, l.Events())
			}
		}
		c.Process.Kill()
		l.Close()
	}
}
