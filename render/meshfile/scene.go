package meshfile

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// parts returns a part for each node of the scene that shows a mesh, parents before children.
func (g *gltf) parts() ([]Part, error) {
	order, places, err := g.walk()
	if err != nil {
		return nil, err
	}
	var parts []Part
	shared := map[int]Part{} // by mesh, without skins
	for _, n := range order {
		node := &g.Nodes[n]
		if node.Mesh == nil {
			continue
		}
		m := *node.Mesh
		if m < 0 || m >= len(g.Meshes) {
			return nil, fmt.Errorf("node %d shows mesh %d, but there are %d", n, m, len(g.Meshes))
		}
		if slices.ContainsFunc(node.Weights, notZero) || node.Weights == nil && slices.ContainsFunc(g.Meshes[m].Weights, notZero) {
			return nil, fmt.Errorf("node %d has morph targets that are not at rest, which are not read: apply them before you save", n)
		}
		p, ok := shared[m]
		if !ok || node.Skin != nil {
			joints, err := g.joints(node.Skin, places)
			if err != nil {
				return nil, fmt.Errorf("the skin of node %d: %w", n, err)
			}
			p = Part{Place: mgl32.Ident4(), Name: g.Meshes[m].Name}
			for i := range g.Meshes[m].Primitives {
				if err := g.primitive(&p, &g.Meshes[m].Primitives[i], joints); err != nil {
					return nil, fmt.Errorf("mesh %d, primitive %d: %w", m, i, err)
				}
			}
			if err := p.finish(); err != nil {
				return nil, err
			}
			if node.Skin == nil {
				shared[m] = p
			}
		}
		if node.Skin == nil { // a skin's vertices have their places in the scene
			p.Place = places[n]
		}
		if node.Name != "" {
			p.Name = node.Name
		}
		if !finite(p.Place[:]...) {
			return nil, fmt.Errorf("the place of node %d is not finite", n)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func notZero(w float32) bool { return w != 0 }

// walk returns the nodes of the scene, parents first, and where each one is.
func (g *gltf) walk() (order []int, places map[int]mgl32.Mat4, err error) {
	var roots []int
	switch {
	case g.Scene != nil && (*g.Scene < 0 || *g.Scene >= len(g.Scenes)):
		return nil, nil, fmt.Errorf("there is no scene %d", *g.Scene)
	case g.Scene != nil:
		roots = g.Scenes[*g.Scene].Nodes
	case len(g.Scenes) > 0:
		roots = g.Scenes[0].Nodes
	default: // a library of nodes: show all
		child := make([]bool, len(g.Nodes))
		for i := range g.Nodes {
			for _, c := range g.Nodes[i].Children {
				if c >= 0 && c < len(child) {
					child[c] = true
				}
			}
		}
		for i, c := range child {
			if !c {
				roots = append(roots, i)
			}
		}
	}
	places = make(map[int]mgl32.Mat4)
	type visit struct {
		node int
		from mgl32.Mat4
	}
	var stack []visit
	push := func(nodes []int, from mgl32.Mat4) {
		for _, n := range slices.Backward(nodes) {
			stack = append(stack, visit{n, from})
		}
	}
	push(roots, mgl32.Ident4())
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.node < 0 || v.node >= len(g.Nodes) {
			return nil, nil, fmt.Errorf("there is no node %d", v.node)
		}
		if _, twice := places[v.node]; twice {
			return nil, nil, fmt.Errorf("node %d has two parents, or is in a circle", v.node)
		}
		place := v.from.Mul4(g.Nodes[v.node].place())
		order, places[v.node] = append(order, v.node), place
		push(g.Nodes[v.node].Children, place)
	}
	return order, places, nil
}

// place returns a node's matrix.
func (n *gltfNode) place() mgl32.Mat4 {
	if n.Matrix != nil {
		return *n.Matrix
	}
	m := mgl32.Translate3D(n.Translation[0], n.Translation[1], n.Translation[2])
	if r := n.Rotation; r != nil {
		q := mgl32.Quat{V: mgl32.Vec3{r[0], r[1], r[2]}, W: r[3]}
		if l := q.Len(); l > 0 {
			m = m.Mul4(q.Scale(1 / l).Mat4())
		}
	}
	if s := n.Scale; s != nil {
		m = m.Mul4(mgl32.Scale3D(s[0], s[1], s[2]))
	}
	return m
}

// joints returns the matrices of a skin: each turns a vertex into where the joint moves it, in the scene.
func (g *gltf) joints(skin *int, places map[int]mgl32.Mat4) ([]mgl32.Mat4, error) {
	if skin == nil {
		return nil, nil
	}
	if *skin < 0 || *skin >= len(g.Skins) {
		return nil, fmt.Errorf("there is no skin %d", *skin)
	}
	s := &g.Skins[*skin]
	if len(s.Joints) == 0 {
		return nil, errors.New("it has no joints")
	}
	var inverse []float32
	if s.Matrices != nil {
		var err error
		if inverse, err = g.floats(*s.Matrices, 16); err != nil {
			return nil, err
		}
		if len(inverse) < 16*len(s.Joints) {
			return nil, fmt.Errorf("%d matrices for %d joints", len(inverse)/16, len(s.Joints))
		}
	}
	joints := make([]mgl32.Mat4, len(s.Joints))
	for i, n := range s.Joints {
		place, ok := places[n]
		if !ok {
			return nil, fmt.Errorf("joint %d is not in the scene", n)
		}
		if joints[i] = place; inverse != nil {
			joints[i] = place.Mul4(mgl32.Mat4(inverse[16*i:]))
		}
	}
	return joints, nil
}

// Modes of primitives.
const (
	gltfTriangles = 4
	gltfStrip     = 5
	gltfFan       = 6
)

// primitive adds a primitive to a part. Points and lines are left out.
func (g *gltf) primitive(p *Part, prim *gltfPrimitive, joints []mgl32.Mat4) error {
	mode := gltfTriangles
	if prim.Mode != nil {
		mode = *prim.Mode
	}
	if mode < 0 || mode > gltfFan {
		return fmt.Errorf("unknown mode %d", mode)
	}
	if mode < gltfTriangles {
		return nil
	}
	vertices, err := g.vertices(prim, joints)
	if err != nil {
		return err
	}
	indices, err := g.triangles(prim, mode, len(vertices))
	if err != nil {
		return err
	}
	if _, ok := prim.Attributes["NORMAL"]; !ok { // flat: each triangle has vertices of its own
		if err := g.take(len(indices), 0); err != nil {
			return err
		}
		own := make([]render.Vertex, 0, len(indices))
		for i, v := range indices {
			own, indices[i] = append(own, vertices[v]), uint32(i)
		}
		vertices = own
	}
	sides := 1
	if prim.Material != nil && g.Materials[*prim.Material].DoubleSided {
		sides = 2
	}
	if err := g.take((sides-1)*len(vertices), sides*len(indices)); err != nil {
		return err
	}
	first := uint32(len(p.Vertices))
	p.Vertices = append(p.Vertices, vertices...)
	for _, i := range indices {
		p.Indices = append(p.Indices, first+i)
	}
	if sides == 2 {
		first = uint32(len(p.Vertices))
		for _, v := range vertices {
			v.Normal = v.Normal.Mul(-1)
			p.Vertices = append(p.Vertices, v)
		}
		for t := 0; t < len(indices); t += 3 {
			p.Indices = append(p.Indices, first+indices[t], first+indices[t+2], first+indices[t+1])
		}
	}
	return nil
}

// take counts vertices and indices against the limits of a model.
func (g *gltf) take(vertices, indices int) error {
	g.left.vertices -= vertices
	g.left.indices -= indices
	if g.left.vertices < 0 || g.left.indices < 0 {
		return fmt.Errorf("the model has more than %d vertices or %d indices: simplify it", maxVertices, maxIndices)
	}
	return nil
}

// triangles returns three indices for each triangle.
func (g *gltf) triangles(prim *gltfPrimitive, mode, vertices int) (indices []uint32, err error) {
	if prim.Indices != nil {
		if indices, err = g.indices(*prim.Indices); err != nil {
			return nil, fmt.Errorf("indices: %w", err)
		}
		for _, i := range indices {
			if int64(i) >= int64(vertices) {
				return nil, fmt.Errorf("index %d is out of range: there are %d vertices", i, vertices)
			}
		}
	} else {
		for i := range vertices {
			indices = append(indices, uint32(i))
		}
	}
	if mode == gltfTriangles {
		return indices[:len(indices)/3*3], nil
	}
	var list []uint32
	for i := 2; i < len(indices); i++ {
		switch {
		case mode == gltfFan:
			list = append(list, indices[0], indices[i-1], indices[i])
		case i%2 == 0:
			list = append(list, indices[i-2], indices[i-1], indices[i])
		default: // every second triangle of a strip runs the other way
			list = append(list, indices[i-1], indices[i-2], indices[i])
		}
	}
	return list, nil
}

// vertices returns the vertices of a primitive.
func (g *gltf) vertices(prim *gltfPrimitive, joints []mgl32.Mat4) ([]render.Vertex, error) {
	at, ok := prim.Attributes["POSITION"]
	if !ok {
		return nil, errors.New("it has no POSITION")
	}
	positions, err := g.floats(at, 3)
	if err != nil {
		return nil, fmt.Errorf("POSITION: %w", err)
	}
	n := len(positions) / 3
	if err := g.take(n, 0); err != nil {
		return nil, err
	}
	// attribute returns an attribute of so many components, or nil where the primitive does not have it.
	attribute := func(name string, width int) ([]float32, error) {
		i, ok := prim.Attributes[name]
		if !ok {
			return nil, nil
		}
		v, err := g.floats(i, width)
		if err == nil && len(v) < n*width {
			err = fmt.Errorf("%d elements for %d vertices", len(v)/width, n)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return v, nil
	}
	normals, err := attribute("NORMAL", 3)
	if err != nil {
		return nil, err
	}
	paint, err := g.paint(prim, n, attribute)
	if err != nil {
		return nil, err
	}
	vertices := make([]render.Vertex, n)
	for i := range vertices {
		vertices[i] = render.Vertex{Position: mgl32.Vec3(positions[3*i:]), Color: paint(i)}
		if normals != nil {
			vertices[i].Normal = mgl32.Vec3(normals[3*i:])
		}
	}
	if joints == nil {
		return vertices, nil
	}
	moved := make([]mgl32.Mat4, n) // the sum of the joints' matrices, by weight
	for set := 0; ; set++ {        // of four joints for each vertex
		which, err := attribute(fmt.Sprintf("JOINTS_%d", set), 4)
		if err != nil {
			return nil, err
		}
		weights, err := attribute(fmt.Sprintf("WEIGHTS_%d", set), 4)
		if err != nil {
			return nil, err
		}
		if which == nil || weights == nil {
			if set == 0 {
				return nil, errors.New("a mesh with a skin has no JOINTS_0 or WEIGHTS_0")
			}
			break
		}
		for k, w := range weights[:4*n] {
			if w == 0 {
				continue
			}
			if !(which[k] >= 0 && int(which[k]) < len(joints)) {
				return nil, fmt.Errorf("vertex %d has joint %v of %d", k/4, which[k], len(joints))
			}
			moved[k/4] = moved[k/4].Add(joints[int(which[k])].Mul(w))
		}
	}
	for i := range vertices {
		vertices[i].Position = moved[i].Mul4x1(vertices[i].Position.Vec4(1)).Vec3()
		vertices[i].Normal = cofactors(moved[i]).Mul3x1(vertices[i].Normal)
	}
	return vertices, nil
}

// paint returns the function that colours the vertices of a primitive.
func (g *gltf) paint(prim *gltfPrimitive, n int, attribute func(string, int) ([]float32, error)) (func(i int) render.RGBA8, error) {
	base, ref := render.Color{1, 1, 1, 1}, (*gltfTextureRef)(nil)
	if prim.Material != nil {
		if *prim.Material < 0 || *prim.Material >= len(g.Materials) {
			return nil, fmt.Errorf("there is no material %d", *prim.Material)
		}
		m := &g.Materials[*prim.Material]
		factor := m.PBR.Factor
		ref = m.PBR.Texture
		if s := m.Extensions.Specular; s != nil {
			factor, ref = s.Factor, s.Texture
		}
		if factor != nil {
			base = *factor
		}
	}
	width := 4
	if i, ok := prim.Attributes["COLOR_0"]; ok && i >= 0 && i < len(g.Accessors) && g.Accessors[i].Type == "VEC3" {
		width = 3
	}
	colors, err := attribute("COLOR_0", width)
	if err != nil {
		return nil, err
	}
	var picture *texture
	var uv []float32
	turn := mgl32.Ident3()
	if ref != nil {
		set := ref.TexCoord
		if t := ref.Extensions.Transform; t != nil {
			if t.TexCoord != nil {
				set = *t.TexCoord
			}
			scale := mgl32.Vec2{1, 1}
			if t.Scale != nil {
				scale = *t.Scale
			}
			sin, cos := math.Sincos(float64(t.Rotation))
			s, c := float32(sin), float32(cos)
			turn = mgl32.Translate2D(t.Offset[0], t.Offset[1]).Mul3(mgl32.Mat3{c, -s, 0, s, c, 0, 0, 0, 1}).Mul3(mgl32.Scale2D(scale[0], scale[1]))
		}
		if uv, err = attribute(fmt.Sprintf("TEXCOORD_%d", set), 2); err != nil {
			return nil, err
		}
		if uv != nil {
			if picture, err = g.texture(ref.Index); err != nil {
				return nil, err
			}
		}
	}
	return func(i int) render.RGBA8 {
		c := base
		if colors != nil {
			for k := range 3 {
				c[k] *= colors[width*i+k]
			}
		}
		if picture != nil {
			at := turn.Mul3x1(mgl32.Vec3{uv[2*i], uv[2*i+1], 1})
			c = times(c, picture.at(at[0], at[1]))
		}
		return render.Quantize(c)
	}, nil
}
