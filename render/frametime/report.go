package frametime

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// schema is the version of the JSON that this package writes and the only one that it reads.
const schema = 1

// Report is one timed run. schema.json beside this file says what its JSON holds.
type Report struct {
	Schema      int                  `json:"schema"`
	Interrupted bool                 `json:"interrupted,omitempty"` // stopped before its last frame
	Frames      int                  `json:"frames"`                // measured
	Name        string               `json:"name,omitempty"`        // tells the run from others in its file, as "cubes=10/upload=auto"
	Title       string               `json:"title,omitempty"`       // what a person reads above the table
	Machine     Machine              `json:"machine"`
	Adapter     Adapter              `json:"adapter"`
	Config      Labels               `json:"config"`    // what was asked for: equal labels on one machine are runs of the same thing
	Phases      map[string]*Summary  `json:"phases"`    // every phase; nil: the device cannot tell (gpu)
	Streaming   *Summary             `json:"streaming"` // descend to submit: all of a frame that neither simulates nor waits
	Explained   float64              `json:"explained"` // the fraction of the frames' time that their parts account for
	Measuring   float64              `json:"measuring"` // µs of each frame that the measuring itself takes
	Upload      Upload               `json:"upload"`
	Arena       Arena                `json:"arena"`
	Memory      Memory               `json:"memory"`
	Ticks       *Ticks               `json:"ticks,omitempty"` // of a world that ticks free of the frames
	Samples     map[string][]float64 `json:"samples"`         // [phase][frame], µs; gpu may have fewer
}

// Adapter is what drew.
type Adapter struct {
	Name    string `json:"name"`
	Backend string `json:"backend"`
	Type    string `json:"type"`
	Driver  string `json:"driver"`
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

// Ticks are those of a world that ticks by the clock, free of the frames, while they were timed.
type Ticks struct {
	Done      uint64   `json:"done"`
	PerSecond float64  `json:"per_second"`
	Dropped   float64  `json:"dropped"` // seconds of the world's time that were given up
	Age       *Summary `json:"age"`     // µs from the end of the newest tick that was complete when a frame began to the frame's end
}

// Arena is what became of the slots.
type Arena struct {
	Live            int     `json:"live"`
	UpdatedPerFrame float64 `json:"updated_per_frame"`
	TornTotal       int     `json:"torn_total"`
}

// Memory is heap allocation. The program's own and the bindings' are told apart by the stack of each allocation, all of
// which are recorded during Audited extra frames beside the measured ones (see Audit); the process figure counts,
// during the measured frames, everything, the Go runtime's own included.
type Memory struct {
	AllocsPerFrame        float64 `json:"allocs_per_frame"` // by the program
	BytesPerFrame         float64 `json:"bytes_per_frame"`
	BindingAllocsPerFrame float64 `json:"binding_allocs_per_frame"` // by the WebGPU and window bindings
	BindingBytesPerFrame  float64 `json:"binding_bytes_per_frame"`
	ProcessAllocsPerFrame float64 `json:"process_allocs_per_frame"`
	ProcessBytesPerFrame  float64 `json:"process_bytes_per_frame"`
	Audited               int     `json:"audited_frames"`
}

// Report is what was recorded, on this machine: times and their summaries. What else is known of the run is for the
// caller to fill in.
func (r *Recorder) Report() Report {
	out := Report{
		Schema: schema, Machine: ThisMachine(), Explained: r.explained(), Measuring: float64(cost()) / 1e3,
		Config: Labels{}, Upload: Upload{Costs: map[string]float64{}},
	}
	samples := make(map[string][]float64)
	for _, p := range Phases() {
		samples[p.String()] = r.micros(p)
	}
	out.SetSamples(samples)
	return out
}

// SetSamples gives the report the times of each frame, µs by the phase's name, and what follows from them: Frames,
// Phases and Streaming. Every phase but gpu needs a time for each frame.
func (r *Report) SetSamples(samples map[string][]float64) {
	r.Schema, r.Samples = schema, samples
	r.Frames = len(samples[Frame.String()])
	r.Phases = make(map[string]*Summary)
	for _, p := range Phases() {
		r.Phases[p.String()] = Summarize(samples[p.String()])
	}
	r.Streaming = Summarize(r.streaming())
}

// streaming is, frame by frame, what the render goroutine spends on descending, planning, writing, encoding and
// submitting.
func (r *Report) streaming() []float64 {
	sums := make([]float64, len(r.Samples[Frame.String()]))
	for p := Descend; p <= Submit; p++ {
		for i, us := range r.Samples[p.String()] {
			if i < len(sums) {
				sums[i] += us
			}
		}
	}
	return sums
}

// ID is the run's name, or its labels where it has none.
func (r *Report) ID() string {
	if r.Name != "" {
		return r.Name
	}
	parts := make([]string, len(r.Config))
	for i, l := range r.Config {
		parts[i] = l.Name + "=" + r.Config.Text(l.Name)
	}
	return strings.Join(parts, "/")
}

// matrix is the file of several runs.
type matrix struct {
	Schema int      `json:"schema"`
	Matrix []Report `json:"matrix"`
}

// WriteJSON writes one report as the object of schema.json, several as {"schema":1,"matrix":[…]}.
func WriteJSON(w io.Writer, rs []Report) error {
	var v any = matrix{schema, rs}
	if len(rs) == 1 {
		v = rs[0]
	}
	return json.NewEncoder(w).Encode(v)
}

// ReadJSON reads what WriteJSON wrote. The error says in one sentence what is wrong with the file.
func ReadJSON(r io.Reader) ([]Report, error) {
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
	if m.Schema != schema {
		return nil, fmt.Errorf("has schema %d, and this program reads %d", m.Schema, schema)
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
	if r.Schema != schema {
		return fmt.Errorf("has schema %d, and this program reads %d", r.Schema, schema)
	}
	if len(r.Samples[Frame.String()]) == 0 {
		return errors.New("has no frame times")
	}
	if r.Streaming == nil {
		return errors.New("has no streaming time")
	}
	for _, p := range Phases() {
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

// Median is the phase's p50, 0 where the device could not tell.
func (r *Report) Median(p Phase) float64 {
	if s := r.Phases[p.String()]; s != nil {
		return s.P50
	}
	return 0
}
