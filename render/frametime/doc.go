// Package frametime measures what the frames of a program cost. A Recorder is a stopwatch for the parts of a frame. A
// Report is what it measured: as a table for a person, as JSON, and as Go benchmark lines.
//
//	rec := frametime.NewRecorder(300)
//	for rec.Len() < 300 {
//		rec.Begin()
//		rec.Enter(frametime.Simulate)
//		step()
//		rec.Enter(frametime.Encode)
//		draw()
//		rec.End()
//	}
//	report := rec.Report()
//	report.Config.Set("cubes", 3000)
//	report.WriteTable(os.Stdout)
//
// Package compare compares two files that WriteJSON wrote, and so does the program "bouncingcubes -compare
// a.json,b.json". Package plot draws reports.
//
// A number that is a time and has no type of its own is in microseconds.
//
// The package needs the standard library alone. Packages compare and plot need golang.org/x/perf and gonum.org/v1/plot;
// only their importers compile those.
package frametime
