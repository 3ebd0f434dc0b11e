package cli

import (
	"os"
	"strings"
	"testing"
)

// -version prints the newest release in the change log.
func TestVersionIsTheNewestRelease(t *testing.T) {
	log, err := os.ReadFile("../../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(log), "\n## v")
	if !strings.HasPrefix("v"+rest, Release+",") {
		t.Errorf("the program is %s, the newest release in the change log is %.20q", Release, "v"+rest)
	}
	var out strings.Builder
	if err := PrintVersion("demo", &out); err != nil || !strings.HasPrefix(out.String(), "demo "+Release+" (") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
