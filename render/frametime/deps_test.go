package frametime_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Whoever imports the renderer or the stopwatch compiles no statistics and no plots.
func TestImportersCompileLittle(t *testing.T) {
	deps := func(pkg string) string {
		out, err := exec.Command("go", "list", "-deps", pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for _, pkg := range []string{"..", "../window", "."} {
		for _, heavy := range []string{"golang.org/x/perf", "gonum.org/v1"} {
			if strings.Contains(deps(pkg), heavy) {
				t.Errorf("%s compiles %s", pkg, heavy)
			}
		}
	}
	if d := deps("."); strings.Contains(d, "cogentcore") || strings.Contains(d, "golang.org/x/") && !strings.Contains(d, "vendor/golang.org/x/") {
		t.Errorf("frametime needs more than the standard library:\n%s", d)
	}
}
