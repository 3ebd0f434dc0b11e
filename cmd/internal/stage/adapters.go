//go:build cgo

package stage

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/slotstream/slotstream/render"
)

// ListAdapters writes a line for each adapter that -adapter and -backend can choose.
func ListAdapters(out io.Writer) error {
	adapters, err := render.Adapters()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ADAPTER\tBACKEND\tTYPE")
	for _, a := range adapters {
		fmt.Fprintf(w, "%s\t%s\t%s\n", a.Name, a.Backend, a.Type)
	}
	return w.Flush()
}
