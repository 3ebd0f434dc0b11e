//go:build cgo

package cli

/*
#include <signal.h>

static int term_ignored;

// This runs before Go's runtime, which tells whether SIGINT and SIGHUP were ignored, but replaces all other handlers.
__attribute__((constructor)) static void look(void) {
	struct sigaction was;
	term_ignored = sigaction(SIGTERM, 0, &was) == 0 && was.sa_handler == SIG_IGN;
}

static int get_term_ignored(void) { return term_ignored; }
*/
import "C"

// termIgnored reports whether the program was started with SIGTERM ignored.
func termIgnored() bool { return C.get_term_ignored() != 0 }
