package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

// BenchmarkPage follows slots that all change 60 times a second, and draws them. It says how old a tick is when the
// page's mirror has it, how long writing to the GPU's buffer takes, and encoding and submitting a frame, and how often
// the page draws. A page with the view away has nothing to draw: on a machine whose CPU draws, that is the nearest to one
// with a GPU.
//
//	go test -run '^$' -bench Page -benchtime 1x -count 3 ./.ci/browser
func BenchmarkPage(b *testing.B) {
	wasm := build(b, "./follower")
	for _, slots := range []int{1000, 3000, 10_000} {
		for _, view := range []string{"480x270", "1280x720", "away"} {
			b.Run(fmt.Sprintf("slots=%d/%s", slots, view), func(b *testing.B) {
				natsAt, pagesAt := free(b), free(b)
				server, _ := start(b, "serve", natsAt, pagesAt, wasm)
				token := server.Expect("token ")
				publisher, _ := start(b, "publish", "nats://secret@"+natsAt, fmt.Sprint(slots))
				publisher.Expect("publishing")
				page, err := chromium(b).tab("http://" + pagesAt + "/#follow=boxes&frames=3&token=" + token + "&view=" + view)
				must(b, err)
				width, height := 480, 270
				fmt.Sscanf(view, "%dx%d", &width, &height)
				must(b, page.size(width, height, 1, false))
				windowtest.Wait(b, "the first frame", func() bool { return ask(b, page).Slots == slots })
				time.Sleep(3 * time.Second) // the browser compiles what is called often once more
				ask(b, page)
				began := time.Now()
				time.Sleep(20 * time.Second)
				r := ask(b, page)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(r.Age[0], "age-p50-ms")
				b.ReportMetric(r.Age[1], "age-p99-ms")
				b.ReportMetric(r.Write[0], "write-p50-ms")
				b.ReportMetric(r.Encode[0], "encode-p50-ms")
				b.ReportMetric(r.Encode[1], "encode-p99-ms")
				b.ReportMetric(float64(r.Frames)/time.Since(began).Seconds(), "frames/s")
			})
		}
	}
}

// BenchmarkFirstPicture opens the page that follows the demo, by loopback, in a browser that runs already. It says how
// long after the address was given the page drew.
//
//	make web && go test -run '^$' -bench FirstPicture -benchtime 5x ./.ci/browser
func BenchmarkFirstPicture(b *testing.B) {
	at := "http" + demonstrate(b, "-cubes", "1000", "-publish", "one", "-web", "127.0.0.1:0").Expect("http")
	d := chromium(b)
	var times []float64
	for b.Loop() {
		page, err := d.tab("about:blank")
		must(b, err)
		must(b, page.size(480, 270, 1, false))
		must(b, page.call("Network.setCacheDisabled", params{"cacheDisabled": true}, nil))
		must(b, page.call("Page.navigate", params{"url": at}, nil))
		title(b, page, " of one")
		var ms float64
		must(b, page.eval("performance.now()", &ms))
		times = append(times, ms)
		must(b, d.call("", "Target.closeTarget", params{"targetId": page.target}, nil))
	}
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(times[0], "fastest-ms")
	b.ReportMetric(times[len(times)/2], "p50-ms")
	b.ReportMetric(times[len(times)-1], "slowest-ms")
}
