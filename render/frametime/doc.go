// Package frametime tells what a program's frames cost: a stopwatch for its loop, and what was measured as a table, as
// JSON, as Go benchmark lines, and (in the rooms below) as a comparison of two runs and as a picture.
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
// Two reports that WriteJSON saved are compared by compare.Compare, or by the program: bouncingcubes -compare
// a.json,b.json.
//
// All times are microseconds where a number has no type of its own. The package needs the standard library alone;
// compare and plot need golang.org/x/perf and gonum.org/v1/plot, which their importers compile and nobody else.
package frametime
