package wire_test

import (
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

var cubesFile = flag.String("cubes", "", "Glenn Fiedler's `delta_data.bin` for BenchmarkCubes; left out, it makes a scene up")

const (
	cubes     = 901 // of which the first is the player's
	wordsEach = 8
)

// BenchmarkCubes sends the scene of Glenn Fiedler's challenge (https://gafferongames.com/post/snapshot_compression/
// and "The networked physics data compression challenge", 2015): 901 cubes, 60 times a second, the player's rolling
// through the others and drawing some of them along. Its measure is the bits a cube a frame, all of a message counted;
// the best published in Go is 6.25, by a coder made for this data, quantised as his: positions to 1/512 m,
// orientations to the smallest three with 9 bits each.
//
// Lossless are float32 poses as package wire packs anything. Quantised are the same, rounded as his, in words of 32
// bits. With -cubes it sends his own frames, of 901 times eight words each; the scene that is made up else is no
// physics, and its figures say nothing beside those that others got from his.
//
//	go test -run '^$' -bench Cubes -benchtime 1x ./arena/wire
func BenchmarkCubes(b *testing.B) {
	if *cubesFile != "" {
		data, err := os.ReadFile(*cubesFile)
		if err != nil {
			b.Fatal(err)
		}
		const frame = cubes * wordsEach * 4
		if len(data) < 2*frame || len(data)%frame != 0 {
			b.Fatalf("%s: %d bytes, want frames of %d", *cubesFile, len(data), frame)
		}
		benchmarkCubes(b, "his", slices.Collect(slices.Chunk(data, frame)))
		return
	}
	poses := rollingScene(600)
	var lossless, quantised [][]byte
	for _, frame := range poses {
		var whole, rounded []byte
		for _, c := range frame {
			w := [wordsEach]float32{c.at[0], c.at[1], c.at[2], c.turn[0], c.turn[1], c.turn[2], c.turn[3]}
			for _, v := range w {
				whole = binary.LittleEndian.AppendUint32(whole, math.Float32bits(v))
			}
			for _, v := range c.quantised() {
				rounded = binary.LittleEndian.AppendUint32(rounded, uint32(v))
			}
		}
		lossless, quantised = append(lossless, whole), append(quantised, rounded)
	}
	benchmarkCubes(b, "lossless", lossless)
	benchmarkCubes(b, "quantised", quantised)
}

func benchmarkCubes(b *testing.B, name string, frames [][]byte) {
	const size = 4 * wordsEach
	for _, as := range []struct {
		name    string
		packing wire.Packing
	}{{"raw", wire.Raw}, {"s2", wire.S2}, {"zstd", wire.Zstd}} {
		b.Run(name+"/"+as.name, func(b *testing.B) {
			var p wire.Packer
			var u wire.Unpacker
			var f wire.Frame
			var message []byte
			there := make([]byte, cubes*size)
			total, slots := 0, 0
			for b.Loop() {
				copy(there, frames[0])
				total, slots = 0, 0
				for n := 1; n < len(frames); n++ {
					var ranges []arena.Range
					for i := range cubes {
						if at := i * size; string(frames[n][at:at+size]) == string(frames[n-1][at:at+size]) {
							continue
						}
						if last := len(ranges) - 1; last >= 0 && ranges[last].End() == i {
							ranges[last].Count++
						} else {
							ranges = append(ranges, arena.Range{First: i, Count: 1})
						}
						slots++
					}
					h := wire.Header{Packing: as.packing, SlotBytes: size, Seq: uint64(n) + 1, Base: uint64(n), HighWater: cubes, Parts: 1}
					message = p.Append(message[:0], h, nil, ranges, frames[n], frames[n-1])
					total += len(message)
					if err := f.Decode(message, wire.Limits{SlotBytes: size, MaxSlots: cubes}); err != nil {
						b.Fatal(err)
					}
					if err := u.CopyTo(there, &f); err != nil {
						b.Fatal(err)
					}
					if string(there) != string(frames[n]) {
						b.Fatalf("frame %d arrives as another", n)
					}
				}
			}
			b.ReportMetric(float64(8*total)/float64(cubes*(len(frames)-1)), "bits/cube/frame")
			b.ReportMetric(float64(8*total)/float64(max(slots, 1)), "bits/moved-cube")
			b.ReportMetric(float64(slots)/float64(len(frames)-1), "moved/frame")
			b.ReportMetric(float64(8*total)/float64(len(frames)-1)*60/1000, "kbit/s")
		})
	}
}

type cube struct {
	at, speed [3]float32
	turn      [4]float32 // x, y, z, w
	spin      [3]float32
}

// rollingScene is so many frames of a second's 60: the player's cube rolls in circles, cubes in its reach are drawn to
// it and tumble, and fall to rest where it has gone.
func rollingScene(frames int) (scene [][]cube) {
	const dt, reach = float32(1) / 60, 4
	rng := rand.New(rand.NewPCG(901, 60))
	now := make([]cube, cubes)
	for i := range now {
		now[i] = cube{at: [3]float32{float32(i%30) - 15 + rng.Float32()/4, float32(i/30) - 15 + rng.Float32()/4, 0.2}, turn: [4]float32{3: 1}}
	}
	for n := range frames {
		angle := float64(n) / 120
		player := [3]float32{float32(9 * math.Cos(angle)), float32(9 * math.Sin(angle)), 0.8}
		for i := range now {
			c := &now[i]
			away := [3]float32{player[0] - c.at[0], player[1] - c.at[1], player[2] - c.at[2]}
			distance := float32(math.Sqrt(float64(away[0]*away[0] + away[1]*away[1] + away[2]*away[2])))
			switch {
			case i == 0:
				c.speed = [3]float32{(player[0] - c.at[0]) / dt, (player[1] - c.at[1]) / dt, (player[2] - c.at[2]) / dt}
				c.spin = [3]float32{float32(-math.Sin(angle)), float32(math.Cos(angle)), 0}
			case distance < reach:
				for k := range 3 {
					c.speed[k] += dt * (12*away[k]/max(distance, 0.5) + 4*(rng.Float32()-0.5))
					c.spin[k] += dt * 8 * (rng.Float32() - 0.5)
				}
			}
			if i > 0 {
				c.speed[2] -= dt * 9.8
			}
			for k := range 3 {
				c.at[k] += dt * c.speed[k]
			}
			if i > 0 && c.at[2] <= 0.2 {
				c.at[2] = 0.2
				c.speed = [3]float32{c.speed[0] * 0.9, c.speed[1] * 0.9, max(0, -c.speed[2]*0.3-0.2)}
				c.spin = [3]float32{c.spin[0] * 0.9, c.spin[1] * 0.9, c.spin[2] * 0.9}
				if s := c.speed; s[0]*s[0]+s[1]*s[1]+s[2]*s[2] < 0.01 {
					c.speed, c.spin = [3]float32{}, [3]float32{}
				}
			}
			c.rotate(dt)
		}
		scene = append(scene, slices.Clone(now))
	}
	return scene
}

// rotate turns the cube on by its spin.
func (c *cube) rotate(dt float32) {
	if c.spin == ([3]float32{}) {
		return
	}
	x, y, z, w := c.turn[0], c.turn[1], c.turn[2], c.turn[3]
	a, b, d := c.spin[0]*dt/2, c.spin[1]*dt/2, c.spin[2]*dt/2
	q := [4]float32{x + a*w + b*z - d*y, y + b*w + d*x - a*z, z + d*w + a*y - b*x, w - a*x - b*y - d*z}
	length := float32(math.Sqrt(float64(q[0]*q[0] + q[1]*q[1] + q[2]*q[2] + q[3]*q[3])))
	for k := range q {
		c.turn[k] = q[k] / length
	}
}

// quantised is the cube as Fiedler sends it, a number a word: which part of the quaternion is the largest, the other
// three with 9 bits each, and the position in 1/512 m.
func (c *cube) quantised() (words [wordsEach]int32) {
	largest := 0
	for k, v := range c.turn {
		if math.Abs(float64(v)) > math.Abs(float64(c.turn[largest])) {
			largest = k
		}
	}
	sign := float32(1)
	if c.turn[largest] < 0 {
		sign = -1
	}
	words[0] = int32(largest)
	at := 1
	for k, v := range c.turn {
		if k != largest {
			words[at] = int32(math.Round(float64(sign*v*math.Sqrt2+1) / 2 * 511))
			at++
		}
	}
	for k, v := range c.at {
		words[4+k] = int32(math.Round(float64(v) * 512))
	}
	return words
}
