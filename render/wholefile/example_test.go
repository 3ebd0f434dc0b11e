package wholefile_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/slotstream/slotstream/render/wholefile"
)

// A recording is useful before it is complete. It grows under its name from Show on.
func ExampleCreate() {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("wholefile-%d.log", os.Getpid()))
	defer os.Remove(path)
	g, err := wholefile.Create(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprint(g, "head")
	_, missing := os.Stat(path)
	if err := g.Show(); err != nil {
		fmt.Println(err)
	}
	fmt.Fprint(g, ", body")
	text, err := os.ReadFile(path)
	fmt.Println(missing != nil, string(text), err, g.Close())
	// Output: true head, body <nil> <nil>
}

// A program that exits at once, after a second Ctrl-C for example, leaves no temporary files behind.
func ExampleAbandon() {
	interrupted := make(chan os.Signal, 2)
	go func() {
		<-interrupted // the first one asks the program to end
		<-interrupted
		wholefile.Abandon()
		os.Exit(130)
	}()
}

// A program that chooses the name itself never replaces a file.
func ExampleWriteNew() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "picture.txt")
	if err := wholefile.CheckNew(path); err != nil { // before a long run
		fmt.Println(err)
		return
	}
	for range 2 {
		name, err := wholefile.WriteNew(path, func(w io.Writer) error {
			_, err := fmt.Fprintln(w, "a picture")
			return err
		})
		fmt.Println(filepath.Base(name), err)
	}
	// Output:
	// picture.txt <nil>
	// picture-2.txt <nil>
}
