//go:build ignore

// style checks what gofmt and vet leave open, and CONTRIBUTING asks for:
//
//   - imports stand in three groups: the standard library, others, our own;
//   - a comment is at most 120 characters long, a line of code, which may be a row of a table, 200;
//   - every exported name of a package that others can import has a comment, and every function and method is used
//     by an Example.
//
// A method that a type has for the sake of an interface (String, Error, Set, MarshalText …) needs no Example.
//
//	go run .ci/style.go [FOLDER]
package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	own           = "github.com/slotstream/slotstream"
	widestComment = 120
	widestCode    = 200
)

// interfaces have these methods, which are called by others than the reader.
var known = map[string]bool{"String": true, "Error": true, "MarshalJSON": true, "UnmarshalJSON": true, "Unwrap": true, "Set": true, "MarshalText": true, "UnmarshalText": true,
	"Opaque": true, "Expired": true, // of a render.Target
}

type checker struct {
	files *token.FileSet
	said  []string
}

func main() {
	if len(os.Args) > 1 {
		if err := os.Chdir(os.Args[1]); err != nil {
			fmt.Println("style:", err)
			os.Exit(1)
		}
	}
	c := &checker{files: token.NewFileSet()}
	folders := map[string][]*ast.File{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err != nil || entry.IsDir() && path != "." && (name[0] == '.' || name == "testdata") {
			return cmp.Or(err, fs.SkipDir)
		}
		if entry.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(c.files, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		c.width(path, string(text), file)
		c.imports(path, file)
		folders[filepath.Dir(path)] = append(folders[filepath.Dir(path)], file)
		return nil
	})
	if err != nil {
		fmt.Println("style:", err)
		os.Exit(1)
	}
	used := c.usedByExamples(folders)
	for folder, files := range folders {
		if public(folder) {
			c.names(folder, files, used)
		}
	}
	sort.Strings(c.said)
	for _, s := range c.said {
		fmt.Println(s)
	}
	if len(c.said) > 0 {
		os.Exit(1)
	}
}

func (c *checker) say(path string, line int, format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf("%s:%d: %s", path, line, fmt.Sprintf(format, args...)))
}

func (c *checker) width(path, text string, file *ast.File) {
	comment := map[int]bool{} // lines that are nothing else
	for _, group := range file.Comments {
		for _, x := range group.List {
			if at := c.files.Position(x.Pos()); strings.TrimSpace(strings.Split(text, "\n")[at.Line-1][:at.Column-1]) == "" {
				comment[at.Line] = true
			}
		}
	}
	for i, line := range strings.Split(text, "\n") {
		n := utf8.RuneCountInString(line)
		switch {
		case comment[i+1] && strings.HasPrefix(strings.TrimSpace(line), "//go:"):
		case comment[i+1] && n > widestComment:
			c.say(path, i+1, "a comment of %d characters, at most %d", n, widestComment)
		case !comment[i+1] && n > widestCode:
			c.say(path, i+1, "a line of %d characters, at most %d", n, widestCode)
		}
	}
}

func (c *checker) imports(path string, file *ast.File) {
	last, lastLine := 0, 0
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		group := kind(name)
		at := c.files.Position(spec.Pos()).Line
		if lastLine > 0 && (group < last || group > last && at == lastLine+1) {
			c.say(path, at, "%q: imports stand in three groups, the standard library, others, our own", name)
		}
		last, lastLine = group, c.files.Position(spec.End()).Line
	}
}

// The groups of imports, in their order.
const (
	standard = iota
	others
	ours
)

func kind(path string) int {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case path == own || strings.HasPrefix(path, own+"/"):
		return ours
	case strings.Contains(first, "."):
		return others
	}
	return standard
}

// public tells whether others can import the package in a folder, and would.
func public(folder string) bool {
	return !strings.Contains("/"+folder+"/", "/internal/") && !strings.HasPrefix(folder, "cmd/") && !strings.HasPrefix(folder, "examples") &&
		!strings.HasSuffix(folder, "test") && folder != "shaders"
}

// usedByExamples are the names that Examples mention, and the programs under examples. The helpers in a file named
// example*_test.go are part of what its Examples show; a test shows nothing, nor does a name of another's package, as
// strings.Cut is.
func (c *checker) usedByExamples(folders map[string][]*ast.File) map[string]bool {
	used := map[string]bool{}
	for folder, files := range folders {
		for _, file := range files {
			name := filepath.Base(c.files.Position(file.Pos()).Filename)
			test := strings.HasSuffix(name, "_test.go")
			shows := strings.HasPrefix(folder, "examples") && !test || strings.HasPrefix(name, "example") && test
			foreign := map[string]bool{}
			for _, spec := range file.Imports {
				if path, _ := strconv.Unquote(spec.Path.Value); spec.Name == nil && kind(path) != ours {
					foreign[filepath.Base(path)] = true
				}
			}
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || strings.HasPrefix(f.Name.Name, "Test") || !shows && !strings.HasPrefix(f.Name.Name, "Example") {
					continue
				}
				ast.Inspect(f, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok {
						if x, ok := s.X.(*ast.Ident); !ok || !foreign[x.Name] {
							used[s.Sel.Name] = true
						}
					}
					return true
				})
			}
		}
	}
	return used
}

func (c *checker) names(folder string, files []*ast.File, used map[string]bool) {
	for _, file := range files {
		path := c.files.Position(file.Pos()).Filename
		if strings.HasSuffix(path, "_test.go") || file.Name.Name == "main" {
			continue
		}
		line := func(n ast.Node) int { return c.files.Position(n.Pos()).Line }
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if !d.Name.IsExported() || d.Recv != nil && !exported(d.Recv.List[0].Type) {
					continue
				}
				if d.Doc == nil && !known[d.Name.Name] {
					c.say(path, line(d), "%s has no comment", d.Name.Name)
				}
				if !used[d.Name.Name] && !(d.Recv != nil && known[d.Name.Name]) {
					c.say(path, line(d), "%s is in no Example", d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
							c.say(path, line(s), "%s has no comment", s.Name.Name)
						}
					case *ast.ValueSpec:
						for _, name := range s.Names {
							if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil && !typed(d) {
								c.say(path, line(s), "%s has no comment", name.Name)
							}
						}
					}
				}
			}
		}
	}
}

// typed tells whether the constants of a group belong to a type, whose comment speaks of them.
func typed(d *ast.GenDecl) bool {
	if len(d.Specs) == 0 || d.Tok != token.CONST {
		return false
	}
	s := d.Specs[0].(*ast.ValueSpec)
	if s.Type != nil {
		return true
	}
	if len(s.Values) == 1 {
		_, conversion := s.Values[0].(*ast.CallExpr)
		return conversion
	}
	return false
}

func exported(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StarExpr:
		return exported(e.X)
	case *ast.IndexExpr:
		return exported(e.X)
	case *ast.IndexListExpr:
		return exported(e.X)
	case *ast.Ident:
		return e.IsExported()
	}
	return false
}
