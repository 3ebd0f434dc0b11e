package meshfile

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/go-gl/mathgl/mgl32"
)

// A gltf is the JSON of a file, as far as it is read, and what its numbers point to (glTF 2.0, ISO/IEC 12113:2022).
type gltf struct {
	Scene       *int             `json:"scene"`
	Scenes      []gltfScene      `json:"scenes"`
	Nodes       []gltfNode       `json:"nodes"`
	Meshes      []gltfMesh       `json:"meshes"`
	Materials   []gltfMaterial   `json:"materials"`
	Textures    []gltfTexture    `json:"textures"`
	Images      []gltfImage      `json:"images"`
	Samplers    []gltfSampler    `json:"samplers"`
	Skins       []gltfSkin       `json:"skins"`
	Accessors   []gltfAccessor   `json:"accessors"`
	BufferViews []gltfBufferView `json:"bufferViews"`
	Buffers     []gltfBuffer     `json:"buffers"`

	files   fs.FS
	binary  []byte              // the second chunk of a binary file
	buffers map[int][]byte      // that were read
	images  map[int]image.Image // that were decoded
	left    struct{ vertices, indices int }
}

type gltfHead struct {
	Asset struct {
		Version string `json:"version"`
	} `json:"asset"`
	ExtensionsRequired []string `json:"extensionsRequired"`
}

type gltfScene struct {
	Nodes []int `json:"nodes"`
}

type gltfNode struct {
	Name        string      `json:"name"`
	Children    []int       `json:"children"`
	Mesh        *int        `json:"mesh"`
	Skin        *int        `json:"skin"`
	Weights     []float32   `json:"weights"`
	Matrix      *mgl32.Mat4 `json:"matrix"`
	Translation mgl32.Vec3  `json:"translation"`
	Rotation    *[4]float32 `json:"rotation"`
	Scale       *mgl32.Vec3 `json:"scale"`
}

type gltfMesh struct {
	Name       string          `json:"name"`
	Primitives []gltfPrimitive `json:"primitives"`
	Weights    []float32       `json:"weights"`
}

type gltfPrimitive struct {
	Attributes map[string]int   `json:"attributes"`
	Indices    *int             `json:"indices"`
	Material   *int             `json:"material"`
	Mode       *int             `json:"mode"`
	Targets    []map[string]int `json:"targets"`
}

type gltfMaterial struct {
	PBR struct {
		Factor  *mgl32.Vec4     `json:"baseColorFactor"`
		Texture *gltfTextureRef `json:"baseColorTexture"`
	} `json:"pbrMetallicRoughness"`
	DoubleSided bool `json:"doubleSided"`
	Extensions  struct {
		Specular *struct {
			Factor  *mgl32.Vec4     `json:"diffuseFactor"`
			Texture *gltfTextureRef `json:"diffuseTexture"`
		} `json:"KHR_materials_pbrSpecularGlossiness"`
	} `json:"extensions"`
}

type gltfTextureRef struct {
	Index      int `json:"index"`
	TexCoord   int `json:"texCoord"`
	Extensions struct {
		Transform *struct {
			Offset   mgl32.Vec2  `json:"offset"`
			Rotation float32     `json:"rotation"`
			Scale    *mgl32.Vec2 `json:"scale"`
			TexCoord *int        `json:"texCoord"`
		} `json:"KHR_texture_transform"`
	} `json:"extensions"`
}

type gltfTexture struct {
	Source  *int `json:"source"`
	Sampler *int `json:"sampler"`
}

type gltfImage struct {
	URI        string `json:"uri"`
	BufferView *int   `json:"bufferView"`
}

type gltfSampler struct {
	WrapS wrap `json:"wrapS"`
	WrapT wrap `json:"wrapT"`
}

type gltfSkin struct {
	Joints   []int `json:"joints"`
	Matrices *int  `json:"inverseBindMatrices"`
}

type gltfBuffer struct {
	URI string `json:"uri"`
}

// gltfExtensions are those that a file may require: they are read, or change neither shape nor base colour.
var gltfExtensions = []string{"KHR_mesh_quantization", "KHR_texture_transform", "KHR_materials_pbrSpecularGlossiness", "KHR_materials_unlit", "KHR_lights_punctual"}

func readGLTF(data []byte, files fs.FS) ([]Part, error) {
	g := &gltf{files: files, buffers: map[int][]byte{}, images: map[int]image.Image{}}
	g.left.vertices, g.left.indices = maxVertices, maxIndices
	text, err := g.unpack(data)
	if err != nil {
		return nil, err
	}
	var head gltfHead // first, because the rest of another version has other types
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("the JSON is not glTF: %w", err)
	}
	if v := head.Asset.Version; !strings.HasPrefix(v, "2.") {
		return nil, fmt.Errorf("version %q of glTF is not read: save the model as glTF 2.0", v)
	}
	for _, e := range head.ExtensionsRequired {
		if !slices.Contains(gltfExtensions, e) {
			return nil, fmt.Errorf("the extension %q, which the file requires, is not read: save the model without it", e)
		}
	}
	if err := json.Unmarshal(text, g); err != nil {
		return nil, fmt.Errorf("the JSON is not glTF 2.0: %w", err)
	}
	return g.parts()
}

const (
	glbMagic = 0x46546c67 // "glTF"
	glbJSON  = 0x4e4f534a // "JSON"
	glbBIN   = 0x004e4942 // "BIN"
)

// unpack returns the JSON, which is the first chunk of a binary file.
func (g *gltf) unpack(data []byte) (text []byte, err error) {
	word := binary.LittleEndian.Uint32
	if len(data) < 4 || word(data) != glbMagic {
		return data, nil
	}
	if len(data) < 12 || int64(word(data[8:])) > int64(len(data)) {
		return nil, errors.New("the file ends too soon")
	}
	if v := word(data[4:]); v != 2 {
		return nil, fmt.Errorf("version %d of binary glTF is not read: save the model as glTF 2.0", v)
	}
	rest := data[12:word(data[8:])]
	for n := 0; len(rest) >= 8; n++ {
		size, kind := int64(word(rest)), word(rest[4:])
		if size > int64(len(rest)-8) {
			return nil, errors.New("the file ends too soon")
		}
		chunk := rest[8 : 8+size]
		switch {
		case n == 0 && kind == glbJSON:
			text = chunk
		case n == 1 && kind == glbBIN:
			g.binary = chunk
		}
		rest = rest[8+size:]
	}
	if text == nil {
		return nil, errors.New("the first chunk is not JSON")
	}
	return text, nil
}

// data returns what a URI names.
func (g *gltf) data(uri string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(uri, "data:"); ok {
		_, coded, ok := strings.Cut(rest, ";base64,")
		if !ok {
			return nil, errors.New("a data URI without base64")
		}
		b, err := base64.StdEncoding.DecodeString(coded)
		if err != nil {
			b, err = base64.RawStdEncoding.DecodeString(coded)
		}
		return b, err
	}
	name, err := url.PathUnescape(uri)
	if err != nil || strings.Contains(name, "://") {
		return nil, fmt.Errorf("%.80q is not a file beside the model", uri)
	}
	return open(g.files, name)
}

func (g *gltf) buffer(i int) ([]byte, error) {
	if i < 0 || i >= len(g.Buffers) {
		return nil, fmt.Errorf("there is no buffer %d", i)
	}
	b, ok := g.buffers[i]
	if ok {
		return b, nil
	}
	var err error
	if b = g.binary; i > 0 || g.binary == nil || g.Buffers[i].URI != "" {
		if b, err = g.data(g.Buffers[i].URI); err != nil {
			return nil, fmt.Errorf("buffer %d: %w", i, err)
		}
	}
	g.buffers[i] = b
	return b, nil
}

// texture returns a texture, whose picture is decoded at the first call.
func (g *gltf) texture(i int) (*texture, error) {
	if i < 0 || i >= len(g.Textures) {
		return nil, fmt.Errorf("there is no texture %d", i)
	}
	source := g.Textures[i].Source
	if source == nil {
		return nil, fmt.Errorf("texture %d is neither PNG nor JPEG: save the model with such textures", i)
	}
	t := &texture{image: g.images[*source]}
	if t.image == nil {
		var err error
		if t.image, err = g.image(*source); err != nil {
			return nil, fmt.Errorf("image %d: %w", *source, err)
		}
		g.images[*source] = t.image
	}
	if s := g.Textures[i].Sampler; s != nil {
		if *s < 0 || *s >= len(g.Samplers) {
			return nil, fmt.Errorf("there is no sampler %d", *s)
		}
		t.wrap = [2]wrap{g.Samplers[*s].WrapS, g.Samplers[*s].WrapT}
	}
	return t, nil
}

func (g *gltf) image(i int) (image.Image, error) {
	if i < 0 || i >= len(g.Images) {
		return nil, errors.New("there is no such image")
	}
	var data []byte
	var err error
	if view := g.Images[i].BufferView; view != nil {
		data, _, err = g.view(*view)
	} else {
		data, err = g.data(g.Images[i].URI)
	}
	if err != nil {
		return nil, err
	}
	return decode(data)
}
