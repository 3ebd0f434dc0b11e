package words

import "testing"

func TestNumbersReadWell(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 65536: "65,536", 4194304: "4,194,304"} {
		if got := Count(n); got != want {
			t.Errorf("%d reads %q, want %q", n, got, want)
		}
	}
	if one, two := Plural(1, "call"), Plural(2000, "call"); one != "1 call" || two != "2,000 calls" {
		t.Errorf("%q, %q", one, two)
	}
}
