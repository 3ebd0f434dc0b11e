// Package report holds what a timed run measured and shows it: as JSON (schema.json says what is in it), as a table,
// as Go benchmark lines, as a comparison of two runs, and as a picture. All times are microseconds.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/timing"
)

// Schema is the version of the JSON that this package writes and the only one that it reads.
const Schema = 1

// Report is one timed run.
type Report struct {
	Schema      int                        `json:"schema"`
	Interrupted bool                       `json:"interrupted,omitempty"` // stopped before its last frame
	Frames      int                        `json:"frames"`                // measured
	Machine     Machine                    `json:"machine"`
	Adapter     Adapter                    `json:"adapter"`
	Config      Config                     `json:"config"`
	Phases      map[string]*timing.Summary `json:"phases"`    // every phase; nil: the device cannot tell (gpu)
	Streaming   *timing.Summary            `json:"streaming"` // descend to submit: all of a frame that neither simulates nor waits
	Explained   float64                    `json:"explained"`
	Measuring   float64                    `json:"measuring"` // µs of each frame that the measuring itself takes
	Upload      Upload                     `json:"upload"`
	Arena       Arena                      `json:"arena"`
	Memory      Memory                     `json:"memory"`
	Samples     map[string][]float64       `json:"samples"` // [phase][frame], µs; gpu may have fewer
}

// Machine is where the run was made.
type Machine struct {
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	CPU     string `json:"cpu"`
	CPUs    int    `json:"cpus"`
	Go      string `json:"go"`
	Version string `json:"version"` // of the program
}

// Adapter is what drew.
type Adapter struct {
	Name    string `json:"name"`
	Backend string `json:"backend"`
	Type    string `json:"type"`
	Driver  string `json:"driver"`
}

// Config is what was asked for: equal configs on one machine are runs of the same thing.
type Config struct {
	Cubes    int     `json:"cubes"`
	Workers  int     `json:"workers"`
	Moving   float64 `json:"moving"` // fraction of the slots that the synthetic writer touches; no meaning for "sim"
	Pattern  string  `json:"pattern"`
	Upload   string  `json:"upload"`
	Width    int     `json:"width"`
	Height   int     `json:"height"`
	Frames   int     `json:"frames"`
	Warmup   int     `json:"warmup"`
	Look     string  `json:"look"`
	MSAA     int     `json:"msaa"`
	Seed     uint64  `json:"seed"`
	Tick     float64 `json:"tick"` // Hz
	Free     bool    `json:"free"`
	Window   bool    `json:"window"`
	VSync    bool    `json:"vsync"`
	Fountain bool    `json:"fountain"`
	Drained  bool    `json:"drained"` // each frame waits until the device is done with it; otherwise frames overlap
}

// Upload is what the uploader did; Costs is what it weighed its choices by (nanoseconds, by the names of upload.Costs).
type Upload struct {
	CallsPerFrame  float64            `json:"calls_per_frame"`
	BytesPerFrame  float64            `json:"bytes_per_frame"`
	RangesPerFrame float64            `json:"ranges_per_frame"`
	StrategyFrames StrategyFrames     `json:"strategy_frames"`
	Costs          map[string]float64 `json:"costs"`
}

// StrategyFrames counts, for each strategy, the frames in which at least one page was uploaded by it.
type StrategyFrames struct {
	Ranges  int `json:"ranges"`
	Merged  int `json:"merged"`
	Scatter int `json:"scatter"`
	Full    int `json:"full"`
}

// Arena is what became of the slots.
type Arena struct {
	Live            int     `json:"live"`
	UpdatedPerFrame float64 `json:"updated_per_frame"`
	TornTotal       int     `json:"torn_total"`
}

// Memory is heap allocation. Project and binding are told apart by the stack of each allocation, all of which are
// recorded during Audited extra frames before the measured ones; the process figure counts, during the measured
// frames, everything, the Go runtime's own included.
type Memory struct {
	AllocsPerFrame        float64 `json:"allocs_per_frame"` // by this project
	BytesPerFrame         float64 `json:"bytes_per_frame"`
	BindingAllocsPerFrame float64 `json:"binding_allocs_per_frame"` // by the WebGPU and window bindings
	BindingBytesPerFrame  float64 `json:"binding_bytes_per_frame"`
	ProcessAllocsPerFrame float64 `json:"process_allocs_per_frame"`
	ProcessBytesPerFrame  float64 `json:"process_bytes_per_frame"`
	Audited               int     `json:"audited_frames"`
}

// SetTimes fills in everything that the recorder knows.
func (r *Report) SetTimes(rec *timing.Recorder) {
	r.Frames = rec.Len()
	r.Explained = rec.Explained()
	r.Measuring = float64(timing.Cost()) / 1e3
	r.Phases = make(map[string]*timing.Summary)
	r.Samples = make(map[string][]float64)
	for _, p := range timing.Phases() {
		us := rec.Micros(p)
		r.Phases[p.String()] = timing.Summarize(us)
		r.Samples[p.String()] = us
	}
	r.Streaming = timing.Summarize(r.streaming())
}

// streaming is, frame by frame, what the render goroutine spends on descending, planning, writing, encoding and
// submitting.
func (r *Report) streaming() []float64 {
	sums := make([]float64, len(r.Samples[timing.Frame.String()]))
	for p := timing.Descend; p <= timing.Submit; p++ {
		for i, us := range r.Samples[p.String()] {
			if i < len(sums) {
				sums[i] += us
			}
		}
	}
	return sums
}

// Name tells the run from others of a matrix.
func (r *Report) Name() string {
	c := r.Config
	name := "cubes=" + strconv.Itoa(c.Cubes) + "/pattern=" + c.Pattern
	if c.Pattern != "sim" {
		name += "/moving=" + strconv.FormatFloat(c.Moving, 'g', -1, 64)
	}
	return name + "/upload=" + c.Upload
}

// matrix is the file of several runs.
type matrix struct {
	Schema int      `json:"schema"`
	Matrix []Report `json:"matrix"`
}

// Write writes one report as the object of schema.json, several as {"schema":1,"matrix":[…]}.
func Write(w io.Writer, rs []Report) error {
	var v any = matrix{Schema, rs}
	if len(rs) == 1 {
		v = rs[0]
	}
	return json.NewEncoder(w).Encode(v)
}

// Read reads what Write wrote. The error says in one sentence what is wrong with the file.
func Read(r io.Reader) ([]Report, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var m struct {
		Schema int       `json:"schema"`
		Matrix *[]Report `json:"matrix"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("not a report: %w", err)
	}
	if m.Schema != Schema {
		return nil, fmt.Errorf("has schema %d, and this program reads %d", m.Schema, Schema)
	}
	var rs []Report
	if m.Matrix != nil {
		rs = *m.Matrix
	} else {
		rs = make([]Report, 1)
		if err := json.Unmarshal(data, &rs[0]); err != nil {
			return nil, fmt.Errorf("not a report: %w", err)
		}
	}
	if len(rs) == 0 {
		return nil, errors.New("holds no runs")
	}
	for i := range rs {
		if err := rs[i].check(); err != nil {
			return nil, fmt.Errorf("run %d: %w", i+1, err)
		}
	}
	return rs, nil
}

func (r *Report) check() error {
	if r.Schema != Schema {
		return fmt.Errorf("has schema %d, and this program reads %d", r.Schema, Schema)
	}
	if len(r.Samples[timing.Frame.String()]) == 0 {
		return errors.New("has no frame times")
	}
	if r.Streaming == nil {
		return errors.New("has no streaming time")
	}
	for _, p := range timing.Phases() {
		samples := r.Samples[p.String()]
		for _, us := range samples {
			if us < 0 || math.IsInf(us, 0) || math.IsNaN(us) {
				return fmt.Errorf("has a %s time of %v µs", p, us)
			}
		}
		if (len(samples) > 0) != (r.Phases[p.String()] != nil) {
			return fmt.Errorf("has a summary or samples of %s and not both", p)
		}
	}
	return nil
}

// median is the phase's p50, 0 where the device could not tell.
func (r *Report) median(p timing.Phase) float64 {
	if s := r.Phases[p.String()]; s != nil {
		return s.P50
	}
	return 0
}
