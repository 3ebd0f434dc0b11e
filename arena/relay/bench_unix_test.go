//go:build unix

package relay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

func init() {
	parts["sink"], parts["followers"] = sinkPart, followersPart
}

const (
	benchSlots = 100_000 // 6.4 MB a frame
	frameBytes = benchSlots * 64
)

// sinkPart receives plain NATS messages. args are the server's URL. After each quarter of the
// window it publishes how many bytes have come.
func sinkPart(args []string) error {
	nc, err := nats.Connect(args[0])
	if err != nil {
		return err
	}
	got, said := 0, 0
	sub, err := nc.Subscribe("plain.data", func(m *nats.Msg) {
		if got += len(m.Data); got-said >= 2<<20 {
			said = got
			nc.Publish("plain.got", strconv.AppendInt(nil, int64(got), 10))
		}
	})
	if err != nil {
		return err
	}
	sub.SetPendingLimits(-1, -1)
	if err := nc.Flush(); err != nil {
		return err
	}
	fmt.Println("ready")
	select {}
}

// followersPart follows several names in one arena. args are the server's URL, the number of
// slots, and the names. It shows each frame at once, and prints how old it is then.
func followersPart(args []string) error {
	nc, err := nats.Connect(args[0])
	if err != nil {
		return err
	}
	slots, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	names := args[2:]
	a, err := arena.New(arena.Config[mat4]{MaxSlots: len(names) * (slots + 2048)})
	if err != nil {
		return err
	}
	arrived := make(chan *Follower[mat4])
	for _, name := range names {
		f, err := Follow(context.Background(), nc, name, a, FollowerConfig{})
		if err != nil {
			return err
		}
		go func() {
			for range f.Arrived() {
				arrived <- f
			}
		}()
	}
	fmt.Println("ready")
	for f := range arrived {
		shown, err := f.Receive()
		if err != nil {
			return err
		}
		a.Descend()
		fmt.Println(time.Now().UnixNano() - int64(shown.Tick.Time))
	}
	return nil
}

// Bytes a second of frames in which all of 100,000 matrices have changed, from one process
// through another's server to a third: by relay, and by plain NATS with as large messages
// and as many bytes on their way.
func BenchmarkThroughput(b *testing.B) {
	b.Run("plain", func(b *testing.B) {
		server := startPart(b, "server", "127.0.0.1:0", "secret")
		benchmarkPlain(b, <-server.lines)
	})
	b.Run("relay", func(b *testing.B) {
		server := startPart(b, "server", "127.0.0.1:0", "secret")
		benchmarkRelay(b, <-server.lines, 12, []string{"one"})
	})
	b.Run("relay of nothing in common", func(b *testing.B) {
		server := startPart(b, "server", "127.0.0.1:0", "secret")
		benchmarkRelay(b, <-server.lines, 16, []string{"one"})
	})
	b.Run("relay of four", func(b *testing.B) {
		server := startPart(b, "server", "127.0.0.1:0", "secret")
		benchmarkRelay(b, <-server.lines, 12, []string{"one", "two", "three", "four"})
	})
	b.Run("server in the publisher", func(b *testing.B) {
		server, err := embedded.Start(embedded.Config{})
		if err != nil {
			b.Fatal(err)
		}
		defer server.Close()
		benchmarkRelay(b, server.URL(), 12, []string{"one"})
	})
}

func benchmarkPlain(b *testing.B, url string) {
	nc, err := nats.Connect(url)
	if err != nil {
		b.Fatal(err)
	}
	defer nc.Close()
	got := make(chan int, 1024)
	if _, err := nc.Subscribe("plain.got", func(m *nats.Msg) {
		n, _ := strconv.Atoi(string(m.Data))
		got <- n
	}); err != nil {
		b.Fatal(err)
	}
	sink := startPart(b, "sink", url)
	<-sink.lines
	message := make([]byte, partBytes)
	sent, acknowledged := 0, 0
	b.SetBytes(frameBytes)
	b.ResetTimer()
	for n := 0; n < b.N*frameBytes; n += len(message) {
		for sent-acknowledged+len(message) > 8<<20 {
			acknowledged = <-got
		}
		if err := nc.Publish("plain.data", message); err != nil {
			b.Fatal(err)
		}
		sent += len(message)
	}
	for sent-acknowledged >= 2<<20 {
		acknowledged = <-got
	}
}

// benchmarkRelay is of matrices of which so many of 16 words differ from slot to slot: 12 where they move things about.
func benchmarkRelay(b *testing.B, url string, words int, names []string) {
	viewer := startPart(b, append([]string{"followers", url, strconv.Itoa(benchSlots)}, names...)...)
	<-viewer.lines
	w := worldAt(b, url)
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	each := max(b.N/len(names), 1)
	for _, name := range names {
		a, err := arena.New(arena.Config[mat4]{MaxSlots: benchSlots})
		if err != nil {
			b.Fatal(err)
		}
		span, err := a.AllocSpan(benchSlots, mat4{})
		if err != nil {
			b.Fatal(err)
		}
		span.StoreAll(matrices(benchSlots, words))
		p, err := Publish(b.Context(), w.connect(), name, a, PublisherConfig{})
		if err != nil {
			b.Fatal(err)
		}
		defer p.Close()
		a.Descend() // it is relay that is measured: the same bytes change each time, by name only
		until := func(frames int) {
			for int(p.Stats().Frames) < frames {
				for _, v := range p.viewers {
					v.backlog.Add([]arena.Range{{Count: benchSlots}}, nil)
				}
				if err := p.Send(); err != nil {
					b.Error(err)
					return
				}
				time.Sleep(time.Millisecond)
			}
		}
		ready.Add(1)
		done.Go(func() {
			until(2) // the viewer has come
			ready.Done()
			<-begin
			until(2 + each)
			settle(b, p)
		})
	}
	ready.Wait()
	b.SetBytes(frameBytes)
	b.ResetTimer()
	close(begin)
	done.Wait()
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
}

// From the first Store of a tick to its last slot in the viewer's mirror, at 60 ticks a
// second of which all slots change; and the cores that all three processes take.
func BenchmarkLatency(b *testing.B) {
	for _, slots := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(slots), func(b *testing.B) {
			server := startPart(b, "server", "127.0.0.1:0", "secret")
			url := <-server.lines
			viewer := startPart(b, "followers", url, strconv.Itoa(slots), "one")
			<-viewer.lines
			ages := make(chan []time.Duration)
			go func() {
				var all []time.Duration
				for line := range viewer.lines {
					n, _ := strconv.Atoi(line)
					all = append(all, time.Duration(n))
				}
				ages <- all
			}()
			a, err := arena.New(arena.Config[mat4]{MaxSlots: slots + 4096})
			if err != nil {
				b.Fatal(err)
			}
			group := a.NewGroup()
			span, err := group.AllocSpan(slots, mat4{})
			if err != nil {
				b.Fatal(err)
			}
			p, err := Publish(b.Context(), worldAt(b, url).connect(), "one", a, PublisherConfig{})
			if err != nil {
				b.Fatal(err)
			}
			all := matrices(slots, 12)
			cpu := used(b)
			ticker := time.NewTicker(time.Second / 60)
			began := time.Now()
			b.ResetTimer()
			for n := range b.N {
				<-ticker.C
				t := arena.Tick{Number: uint64(n + 1), Time: time.Duration(time.Now().UnixNano())}
				for i := range all {
					all[i][0]++
				}
				span.StoreAll(all)
				group.Commit(t)
				if err := send(a, p); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			wall := time.Since(began)
			cpu = used(b) - cpu
			settle(b, p)
			p.Close()
			for _, child := range []*process{viewer, server} {
				child.end()
				cpu += child.cmd.ProcessState.UserTime() + child.cmd.ProcessState.SystemTime()
			}
			took := <-ages
			took = took[min(len(took)/20, 30):] // the first ones make what they need
			slices.Sort(took)
			if len(took) == 0 {
				return // the run of one that comes before the others
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
			b.ReportMetric(cpu.Seconds()/wall.Seconds(), "cores")
			b.ReportMetric(float64(len(took))/float64(b.N), "shown/tick")
		})
	}
}

// matrices are n that differ from each other in so many words: a quarter of these in each column.
func matrices(n, words int) []mat4 {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]mat4, n)
	for i := range all {
		all[i][15] = 1
		for w := range all[i] {
			if w%4 < words/4 {
				all[i][w] = rng.Float32()
			}
		}
	}
	return all
}

// settle waits until viewers have applied all frames.
func settle(b *testing.B, p *Publisher[mat4]) {
	for p.Stats().Age > 0 {
		if err := p.Send(); err != nil {
			b.Error(err)
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func ms(d time.Duration) float64 { return d.Seconds() * 1e3 }

// used is the time that this process has had of processors.
func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
