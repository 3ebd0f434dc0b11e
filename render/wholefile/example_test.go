package wholefile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/slotstream/slotstream/render/wholefile"
)

// A recording is of use before it is whole, and grows under its name from when it is shown.
func ExampleGrow() {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("wholefile-%d.log", os.Getpid()))
	defer os.Remove(path)
	g, err := wholefile.Grow(path)
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

// A program that ends at once, by a second Ctrl-C say, leaves nothing half written behind.
func ExampleAbandon() {
	interrupted := make(chan os.Signal, 2)
	go func() {
		<-interrupted // the first asks it to end
		<-interrupted
		wholefile.Abandon()
		os.Exit(130)
	}()
}
