//go:build ignore

// typednil finds places where a nil pointer can become an interface that is not nil:
//
//	func open() (source, error) { return simulate() } // simulate returns (*simulated, error)
//	s.source, err = simulate()                        // the field s.source is an interface
//
// Where simulate fails, it returns a nil *simulated. The conversion makes an interface of type *simulated from it, so
// "if s.source != nil" is true, and the next method call panics. Check the error first, then convert:
//
//	s, err := simulate()
//	if err != nil {
//		return nil, err
//	}
//	return s, nil
//
// It reports each conversion of a pointer, map, slice, channel or function to an interface, where an error that may
// not be nil stands beside the value. It looks at the packages below the folder, without their tests.
//
//	go run .ci/typednil.go [FOLDER]
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	if len(os.Args) > 1 {
		if err := os.Chdir(os.Args[1]); err != nil {
			fail(err)
		}
	}
	found := false
	packages, exports := list()
	for _, p := range packages {
		for _, said := range p.check(exports) {
			fmt.Println(said)
			found = true
		}
	}
	if found {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "typednil:", err)
	os.Exit(2)
}

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath, Dir, Export string
	GoFiles, CgoFiles       []string
	DepOnly                 bool
}

// list returns the packages below this folder, and the file with the types of each package that they import.
func list() (packages []goPackage, exports map[string]string) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,CgoFiles,DepOnly", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		fail(err)
	}
	if err := cmd.Start(); err != nil {
		fail(err)
	}
	exports = map[string]string{}
	for stream := json.NewDecoder(out); ; {
		var p goPackage
		if err := stream.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			fail(err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			packages = append(packages, p)
		}
	}
	if err := cmd.Wait(); err != nil {
		fail(err)
	}
	return packages, exports
}

// check returns a line for each fault of a package.
func (p goPackage) check(exports map[string]string) (said []string) {
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		path := filepath.Join(p.Dir, name)
		if here, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(here, path); err == nil {
				path = rel
			}
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			fail(err)
		}
		files = append(files, file)
	}
	config := types.Config{
		FakeImportC: true,
		Importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) {
			return os.Open(exports[path])
		}),
		// The types of C are not known here. go vet reports all other errors.
		Error: func(error) {},
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	pkg, _ := config.Check(p.ImportPath, set, files, info)

	c := conversions{info: info, report: func(at token.Pos, from, to types.Type) {
		short := types.RelativeTo(pkg)
		said = append(said, fmt.Sprintf("%v: a nil %s becomes a %s that is not nil where the error beside it is not nil: check the error first",
			set.Position(at), types.TypeString(from, short), types.TypeString(to, short)))
	}}
	for _, file := range files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				if object, ok := info.Defs[f.Name]; ok {
					c.function(object.Type().(*types.Signature), f.Body)
				}
			}
		}
	}
	return said
}

// conversions finds the faults in functions.
type conversions struct {
	info   *types.Info
	report func(at token.Pos, from, to types.Type)
}

// function looks at a body, and at the functions in it by themselves.
func (c conversions) function(s *types.Signature, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if inner, ok := c.info.TypeOf(n).(*types.Signature); ok {
				c.function(inner, n.Body)
			}
			return false
		case *ast.ReturnStmt:
			var to []types.Type
			for v := range s.Results().Variables() {
				to = append(to, v.Type())
			}
			c.values(n.Results, to)
		case *ast.AssignStmt:
			if len(n.Rhs) == 1 && len(n.Lhs) > 1 { // the values of a call
				var to []types.Type
				for _, e := range n.Lhs {
					to = append(to, c.info.TypeOf(e))
				}
				c.values(n.Rhs, to)
			}
		}
		return true
	})
}

// values looks at what becomes variables of the types to.
func (c conversions) values(from []ast.Expr, to []types.Type) {
	var values []types.Type // the types of from
	for _, e := range from {
		values = append(values, c.info.TypeOf(e))
	}
	if len(from) == 1 && len(to) > 1 {
		tuple, ok := values[0].(*types.Tuple)
		if !ok {
			return
		}
		values = nil
		for v := range tuple.Variables() {
			values = append(values, v.Type())
		}
	}
	if len(values) < 2 || len(values) != len(to) || !isError(values[len(values)-1]) {
		return
	}
	if len(from) > 1 {
		last := from[len(from)-1]
		if c.info.Types[last].IsNil() {
			return // no error
		}
	}
	for i, t := range values[:len(values)-1] {
		if to[i] != nil && types.IsInterface(to[i]) && nilable(t) {
			if len(from) > 1 && c.made(from[i]) {
				continue
			}
			c.report(from[min(i, len(from)-1)].Pos(), t, to[i])
		}
	}
}

// made says whether an expression is never nil: &T{…}, a literal, or a function.
func (c conversions) made(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.AND
	case *ast.CompositeLit, *ast.FuncLit:
		return true
	}
	return false
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// nilable says whether a type has values that are nil and is no interface.
func nilable(t types.Type) bool {
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice, *types.Chan, *types.Signature:
		return true
	}
	return false
}
