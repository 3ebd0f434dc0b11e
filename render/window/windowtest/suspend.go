//go:build linux

package windowtest

import "syscall"

// Suspend stops the program until you call the function that it returns. Events wait meanwhile, as they do for a
// program whose frame takes long.
func (p *Program) Suspend() (resume func()) {
	p.t.Helper()
	send := func(s syscall.Signal) {
		if err := p.Cmd.Process.Signal(s); err != nil {
			p.t.Helper()
			p.t.Fatal(err)
		}
	}
	send(syscall.SIGSTOP)
	return func() { send(syscall.SIGCONT) }
}
