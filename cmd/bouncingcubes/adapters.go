package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/slotstream/slotstream/render"
)

// listAdapters writes one line for each adapter: what -adapter and -backend choose from.
func listAdapters(out io.Writer) error {
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

// deviceOptions says which adapter the options ask for.
func deviceOptions(o options) render.Options {
	return render.Options{Power: render.PowerHigh, Adapter: o.adapter, Backend: o.backend}
}

// badAdapter makes a fault of the command line of an adapter or backend that was named and is not there. None at all
// stays a fault of the machine.
func badAdapter(o options, err error) error {
	if errors.Is(err, render.ErrNoAdapter) && (o.adapter != "" || o.backend != "") {
		return usageError{err}
	}
	return err
}
