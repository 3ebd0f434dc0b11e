// Package examples tests the programs in its folders as a reader would try them:
// built by the go command, and run in an empty folder. A test of render/window runs
// the example window on a display.
package examples

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pictures are the programs that write out.png, with the least number of colours (of
// 4 bits a channel) to expect in it: about half of the number that was seen.
var pictures = map[string]int{
	"first":     350,
	"offscreen": 25,
	"shader":    1000,
	"colors":    80,
	"batches":   140,
	"loop":      150,
	"motion":    100,
	"record":    100,
	"far":       48,
	"points":    150,
	"trails":    190,
	"robots":    140,
}

// others are the programs that write no picture, or that need another program.
var others = map[string]func(t *testing.T, bin string){
	"window":  nil, // a test of render/window
	"timed":   checkTimed,
	"follow":  checkFollow,
	"publish": nil, // by follow
	"repeat":  nil,
	"shared":  checkShared,
}

// TestPictures takes a minute of CPU: it links all programs, and the CPU draws their frames of 1280×720 pixels.
func TestPictures(t *testing.T) {
	watchSources()
	bin := t.TempDir()
	for _, name := range buildPrograms(t, bin) {
		_, picture := pictures[name]
		if _, other := others[name]; !picture && !other {
			t.Errorf("%s is not run by a test", name)
		}
	}
	for name, check := range others {
		if check != nil {
			t.Run(name, func(t *testing.T) { check(t, bin) })
		}
	}
	for name, colors := range pictures {
		t.Run(name, func(t *testing.T) { checkProgram(t, filepath.Join(bin, name), colors) })
	}
}

// Another module imports slotstream with nothing but a require line.
func TestOutsideModule(t *testing.T) {
	watchSources()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/outside")); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o666); err != nil {
		t.Fatal(err)
	}
	goCommand(t, dir, "mod", "edit", "-replace=github.com/slotstream/slotstream="+root)
	goCommand(t, dir, "build", "-mod=mod", "-ldflags=-s -w", "-o", "outside", ".")
	checkProgram(t, filepath.Join(dir, "outside"), 110)
}

// Every program is short: one file of under 60 lines. The program for a first
// picture has under 40 lines, without comments and imports.
func TestShort(t *testing.T) {
	programs, err := filepath.Glob("*/*.go")
	if err != nil || len(programs) < len(pictures)+1 {
		t.Fatalf("found %q: %v", programs, err)
	}
	for _, path := range programs {
		if filepath.Base(path) != "main.go" {
			t.Errorf("%s: a program is one main.go", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines >= 60 {
			t.Errorf("%s has %d lines", path, lines)
		}
		if !bytes.HasPrefix(text, []byte("// ")) {
			t.Errorf("%s does not say at its top what one learns", path)
		}
		_, code, _ := strings.Cut(string(text), "\n)\n")
		if lines := strings.Count(code, "\n"); path == filepath.Join("offscreen", "main.go") && lines >= 40 {
			t.Errorf("a first picture takes %d lines", lines)
		}
	}
}

// The check of pictures must fail for a file that is not a picture.
func TestCheckPicture(t *testing.T) {
	blank := image.NewNRGBA(image.Rect(0, 0, 1280, 720))
	if checkPicture(blank, 2) == nil {
		t.Error("a blank picture passes")
	}
	corner := image.NewNRGBA(blank.Rect)
	for i := range 200 * 200 {
		corner.SetNRGBA(i%200, i/200, color.NRGBA{uint8(i), uint8(i / 200), 0, 255})
	}
	if checkPicture(corner, 2) == nil {
		t.Error("a picture with an empty middle passes")
	}
	gray := image.NewNRGBA(blank.Rect)
	for i := range gray.Pix {
		gray.Pix[i] = uint8(i * 720 / len(gray.Pix) / 10)
	}
	if checkPicture(gray, 20) == nil {
		t.Error("a gradient passes")
	}
}

// checkTimed runs the program twice, and compares the two reports.
func checkTimed(t *testing.T, bin string) {
	path, dir := filepath.Join(bin, "timed"), t.TempDir()
	var reports [2]string
	for i := range reports {
		said := runProgram(t, path, dir)
		for _, want := range []string{"every tenth of 10,000 cubes · 60 frames", "simulate", "p95"} {
			if !strings.Contains(said, want) {
				t.Errorf("no %q in\n%s", want, said)
			}
		}
		reports[i] = filepath.Join(dir, fmt.Sprint(i, ".json"))
		if err := os.Rename(filepath.Join(dir, "frames.json"), reports[i]); err != nil {
			t.Fatal(err)
		}
	}
	// On a busy machine two runs of one program may differ by any amount. The comparison must say so.
	compared, err := exec.Command(filepath.Join(bin, demo), "-threshold", "1e9", "-compare", reports[0]+","+reports[1]).CombinedOutput()
	if err != nil || !strings.Contains(string(compared), "Nothing slower") ||
		!strings.Contains(string(compared), "streaming") && !strings.Contains(string(compared), "simulate") {
		t.Errorf("%v\n%s", err, compared)
	}
}

// checkFollow draws a simulation of another process, and the same as a third process repeats it.
func checkFollow(t *testing.T, bin string) {
	start := func(name string, args ...string) (line string) {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			cmd.Process.Kill()
			cmd.Wait()
		})
		if len(args) == 0 {
			if line, err = bufio.NewReader(out).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		return strings.TrimSpace(line)
	}
	url := start("publish")
	checkProgram(t, filepath.Join(bin, "follow"), 100, url)
	start("repeat", url, "braid", "again")
	checkProgram(t, filepath.Join(bin, "follow"), 100, url, "again")
}

// runProgram runs a program in a folder and returns its output. Without a graphics adapter the test fails in CI and is
// skipped elsewhere.
func runProgram(t *testing.T, path, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	if err != nil {
		if strings.Contains(string(said), "no graphics adapter") && os.Getenv("CI") != "true" {
			t.Skipf("%s", said)
		}
		t.Fatalf("%v\n%s", err, said)
	}
	return string(said)
}

// checkShared has the bodies in C and in Python write into the program.
func checkShared(t *testing.T, bin string) {
	bodies := filepath.Join(t.TempDir(), "bodies")
	if out, err := exec.Command("cc", "-O2", "-Wall", "-Werror", "-I../arena/shared/clients", "-o", bodies, "shared/bodies/bodies.c").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	address := filepath.Join(t.TempDir(), "s")
	for _, args := range [][]string{
		{"bash", "-c", `until [ -S "$SLOTSTREAM_SOCKET" ]; do sleep 0.01; done; exec ` + bodies},
		{"/usr/bin/python3", "-B", "shared/bodies/bodies.py"}, // which waits for nothing
	} {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "SLOTSTREAM_SOCKET="+address)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			cmd.Process.Kill()
			cmd.Wait()
		})
	}
	checkProgram(t, filepath.Join(bin, "shared"), 60, address)
}

// checkProgram runs a program in an empty folder and looks at its out.png.
func checkProgram(t *testing.T, path string, colors int, args ...string) {
	dir := t.TempDir()
	runProgram(t, path, dir, args...)
	picture, err := os.ReadFile(filepath.Join(dir, "out.png"))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if err := checkPicture(img, colors); err != nil {
		actual := filepath.Base(path) + ".actual.png"
		t.Errorf("%v: see %s (%v)", err, actual, os.WriteFile(actual, picture, 0o666))
	}
}

// checkPicture wants 1280×720 pixels, at least so many colours of 4 bits a
// channel, edges all around the middle, and many pixels of other colours than the commonest.
func checkPicture(img image.Image, colors int) error {
	if img.Bounds() != image.Rect(0, 0, 1280, 720) {
		return fmt.Errorf("a picture of %v", img.Bounds())
	}
	coarse := func(x, y int) [3]uint32 {
		r, g, b, _ := img.At(x, y).RGBA()
		return [3]uint32{r >> 12, g >> 12, b >> 12}
	}
	seen := map[[3]uint32]int{}
	edges, most := 0, 0
	for y := range 720 {
		for x := range 1280 {
			c := coarse(x, y)
			seen[c]++
			most = max(most, seen[c])
			if x >= 320 && x < 960 && y >= 180 && y < 540 && c != coarse(x+1, y) {
				edges++
			}
		}
	}
	if len(seen) < colors || most > 1280*720*9/10 || edges < 640*360/50 {
		return fmt.Errorf("%d colours, %d pixels of the commonest, %d edges in the middle", len(seen), most, edges)
	}
	return nil
}

// demo is the demo program, which is not an example.
const demo = "bouncingcubes"

// buildPrograms builds the programs into a folder, and returns the names of the examples. To link one program takes
// four seconds of a CPU, so all are one file, which has a link for each name and runs the main function of the name by
// which it was called. For that, the go command reads "package main" as "package offscreen". That each program links by
// itself, .ci/platforms checks.
func buildPrograms(t *testing.T, bin string) (names []string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	replaced, scratch := map[string]string{}, t.TempDir() // files of the module, and what the go command reads instead
	replace := func(path, text string) {
		copied := filepath.Join(scratch, fmt.Sprint(len(replaced), ".go"))
		if err := os.WriteFile(copied, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		replaced[filepath.Join(root, path)] = copied
	}
	clause := regexp.MustCompile("(?m)^package main$")
	var imports, cases strings.Builder
	paths, err := filepath.Glob("*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, "../cmd/"+demo+"/main.go") {
		folder := filepath.Join("examples", filepath.Dir(path))
		name := filepath.Base(folder)
		files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			replace(filepath.Join("examples", file), clause.ReplaceAllString(string(text), "package "+name))
		}
		replace(filepath.Join(folder, "called.go"), "package "+name+"\n\nfunc Main() { main() }\n")
		fmt.Fprintf(&imports, "\t%s %q\n", name, "github.com/slotstream/slotstream/"+folder)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\t%s.Main()\n", name, name)
		if err := os.Symlink("programs", filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
		if name != demo {
			names = append(names, name)
		}
	}
	replace("examples/programs/main.go", "package main\n\nimport (\n\t\"os\"\n\t\"path/filepath\"\n\n"+imports.String()+
		")\n\nfunc main() {\n\tswitch filepath.Base(os.Args[0]) {\n"+cases.String()+"\t}\n}\n")
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	goCommand(t, ".", "build", "-ldflags=-s -w", "-overlay", path, "-o", filepath.Join(bin, "programs"), "./programs")
	return names
}

func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// watchSources looks at every file that the go command may read for the
// programs, so that go test knows when a cached result is out of date.
func watchSources() {
	filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".git" {
			return fs.SkipDir
		}
		os.Stat(path) // go test keeps the answer beside the result; a file of another test may be gone
		return nil
	})
}

// The program in the README is examples/first, and each test that the README names exists.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("first/main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(program), "\n") // without its comment
	if !strings.Contains(string(text), "```go\n"+code+"```\n") {
		t.Error("the program in README.md is not examples/first/main.go")
	}
	named := map[string]bool{}
	for _, name := range regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(text), -1) {
		named[name[1]] = true
	}
	if len(named) < 10 {
		t.Errorf("README.md names %d tests: every promise has one", len(named))
	}
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for name := range named {
			if bytes.Contains(source, []byte("\nfunc "+name+"(t *testing.T)")) {
				delete(named, name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range named {
		t.Errorf("README.md names %s, which is no test", name)
	}
}
