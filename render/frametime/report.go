package frametime

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// schema is the version of the JSON that this package writes, and the only one that it reads.
const schema = 1

// Report is a timed run. The file schema.json in this package describes its JSON.
type Report struct {
	Schema      int                  `json:"schema"`                // set by SetSamples
	Interrupted bool                 `json:"interrupted,omitempty"` // the run ended before its last frame
	Frames      int                  `json:"frames"`                // measured frames; set by SetSamples
	Name        string               `json:"name,omitempty"`        // tells the run from others in its file, such as "cubes=10/upload=auto"
	Title       string               `json:"title,omitempty"`       // heading of the table
	Machine     Machine              `json:"machine"`
	Adapter     Adapter              `json:"adapter"`
	Config      Labels               `json:"config"`    // the settings of the run
	Phases      map[string]*Summary  `json:"phases"`    // by the phase's name; nil if the phase was not timed, as gpu on some devices
	Streaming   *Summary             `json:"streaming"` // from descend to submit: a frame without simulate and wait
	Explained   float64              `json:"explained"` // the sum of the phases' times over the frames' times, 0 to 1
	Measuring   float64              `json:"measuring"` // µs that the measuring itself takes in each frame
	Upload      Upload               `json:"upload"`
	Arena       Arena                `json:"arena"`
	Memory      Memory               `json:"memory"`
	Ticks       *Ticks               `json:"ticks,omitempty"` // nil unless the world ticks by a clock of its own
	Samples     map[string][]float64 `json:"samples"`         // [phase][frame], µs; gpu may have fewer than the others
}

// Adapter describes the adapter that drew.
type Adapter struct {
	Name    string `json:"name"`
	Backend string `json:"backend"`
	Type    string `json:"type"`
	Driver  string `json:"driver"`
}

// Upload describes the work of the uploader. Costs are the costs by which it chose, in nanoseconds, by the names of the
// fields of upload.Costs.
type Upload struct {
	CallsPerFrame  float64            `json:"calls_per_frame"`
	BytesPerFrame  float64            `json:"bytes_per_frame"`
	RangesPerFrame float64            `json:"ranges_per_frame"`
	StrategyFrames StrategyFrames     `json:"strategy_frames"`
	Costs          map[string]float64 `json:"costs"`
}

// StrategyFrames counts, for each strategy, the frames in which the strategy uploaded at least one page.
type StrategyFrames struct {
	Ranges  int `json:"ranges"`
	Merged  int `json:"merged"`
	Scatter int `json:"scatter"`
	Full    int `json:"full"`
}

// Ticks describes the ticks of a world that ticks by a clock of its own, during the timed frames.
type Ticks struct {
	Done      uint64   `json:"done"`
	PerSecond float64  `json:"per_second"`
	Dropped   float64  `json:"dropped"` // seconds of the world's time that were given up
	Age       *Summary `json:"age"`     // µs from the end of the tick that a frame shows to the end of the frame
}

// Arena describes the slots of the run's arena.
type Arena struct {
	Live            int     `json:"live"`              // slots in use
	UpdatedPerFrame float64 `json:"updated_per_frame"` // slots that changed
	TornTotal       int     `json:"torn_total"`        // torn slots (see package arena) in all frames together
}

// Memory describes heap allocations. Those of the program and of the bindings are told apart by their stacks, which
// were recorded in Audited extra frames, not in the measured ones. Those of the process are all allocations during the
// measured frames, also the Go runtime's.
type Memory struct {
	AllocsPerFrame        float64 `json:"allocs_per_frame"` // by the program
	BytesPerFrame         float64 `json:"bytes_per_frame"`
	BindingAllocsPerFrame float64 `json:"binding_allocs_per_frame"` // by the Go bindings of WebGPU and GLFW
	BindingBytesPerFrame  float64 `json:"binding_bytes_per_frame"`
	ProcessAllocsPerFrame float64 `json:"process_allocs_per_frame"`
	ProcessBytesPerFrame  float64 `json:"process_bytes_per_frame"`
	Audited               int     `json:"audited_frames"` // 0: allocations were not counted
}

// Report returns the recorded times and their summaries, and describes this machine. The caller fills in the rest.
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

// SetSamples sets the times of each frame, in µs by the phase's name, and all that follows from them: Schema, Frames,
// Phases and Streaming. Each phase but gpu must have a time for each frame.
func (r *Report) SetSamples(samples map[string][]float64) {
	r.Schema, r.Samples = schema, samples
	r.Frames = len(samples[Frame.String()])
	r.Phases = make(map[string]*Summary)
	for _, p := range Phases() {
		r.Phases[p.String()] = Summarize(samples[p.String()])
	}
	r.Streaming = Summarize(r.streaming())
}

// streaming returns, frame by frame, the time that the render goroutine spends from descend to submit.
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

// ID returns the run's name. For a run without a name it returns the labels.
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

// matrix is a file of several runs.
type matrix struct {
	Schema int      `json:"schema"`
	Matrix []Report `json:"matrix"`
}

// WriteJSON writes a report as an object, and several reports as {"schema":1,"matrix":[…]}. See schema.json.
func WriteJSON(w io.Writer, rs []Report) error {
	var v any = matrix{schema, rs}
	if len(rs) == 1 {
		v = rs[0]
	}
	return json.NewEncoder(w).Encode(v)
}

// ReadJSON reads a file that WriteJSON wrote. The error says what is wrong with the file; put the file's name before
// it.
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
		return nil, fmt.Errorf("it is not a report: %w", err)
	}
	if m.Schema != schema {
		return nil, fmt.Errorf("it has schema %d, and this program reads schema %d", m.Schema, schema)
	}
	var rs []Report
	if m.Matrix != nil {
		rs = *m.Matrix
	} else {
		rs = make([]Report, 1)
		if err := json.Unmarshal(data, &rs[0]); err != nil {
			return nil, fmt.Errorf("it is not a report: %w", err)
		}
	}
	if len(rs) == 0 {
		return nil, errors.New("it holds no runs")
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
		return fmt.Errorf("it has schema %d, and this program reads schema %d", r.Schema, schema)
	}
	if len(r.Samples[Frame.String()]) == 0 {
		return errors.New("it has no frame times")
	}
	if r.Streaming == nil {
		return errors.New("it has no streaming time")
	}
	for _, p := range Phases() {
		samples := r.Samples[p.String()]
		for _, us := range samples {
			if us < 0 || math.IsInf(us, 0) || math.IsNaN(us) {
				return fmt.Errorf("it has a %s time of %v µs", p, us)
			}
		}
		if (len(samples) > 0) != (r.Phases[p.String()] != nil) {
			return fmt.Errorf("it has a summary or samples of %s and not both", p)
		}
	}
	return nil
}

// Median returns the phase's p50, or 0 if the phase was not timed.
func (r *Report) Median(p Phase) float64 {
	if s := r.Phases[p.String()]; s != nil {
		return s.P50
	}
	return 0
}
