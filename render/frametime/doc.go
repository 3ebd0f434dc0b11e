// Package frametime measures the time that the frames of a program take. A Recorder is a stopwatch for the parts of a
// frame. A Report holds the result: write it as a table for people, as JSON, or as Go benchmark lines.
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
// A time that is a plain number is in microseconds.
//
// The package needs only the standard library. Packages compare and plot need golang.org/x/perf and gonum.org/v1/plot;
// only their importers compile those.
package frametime
