package soak

import "fmt"

// A value is a slot's content that vouches for itself: the first three words are a key, all others follow from it.
// Words of two writes, or a value in another's place, do not fit together. 64 bytes, so that the kernels move it.
// The zero value is the hidden one.
type value [16]uint32

// A key says which store a value comes from.
type key struct {
	index uint32 // where the value belongs; newborn until its writer knows
	life  uint32 // the occupant of the slot, counted from 1 in the order of birth
	n     uint32 // the occupant's stores so far; the top bit set where several goroutines store, in no order
}

const (
	newborn = ^uint32(0)
	shared  = 1 << 31
)

func (k key) value() (v value) {
	v[0], v[1], v[2] = k.index, k.life, k.n
	for i := uint32(3); i < 16; i++ {
		v[i] = k.word(i)
	}
	return v
}

// word is the same in wgslRecord.
func (k key) word(i uint32) uint32 {
	w := (k.index*0x9e3779b1 ^ k.life*0x85ebca6b ^ k.n*0xc2b2ae35) + i*0x27d4eb2f
	return w ^ w>>15
}

func (v *value) key() key { return key{v[0], v[1], v[2]} }

// check says what is wrong with a value found at an index.
func (v *value) check(index int) error {
	if *v == (value{}) {
		return nil
	}
	k := v.key()
	for i := uint32(3); i < 16; i++ {
		if v[i] != k.word(i) {
			return fmt.Errorf("slot %d is torn: word %d is %#x, but %+v was stored with %#x: %x", index, i, v[i], k, k.word(i), *v)
		}
	}
	if k.index != uint32(index) && k.index != newborn || k.life == 0 {
		return fmt.Errorf("slot %d holds a value of another: %+v", index, k)
	}
	return nil
}

// wgslRecord draws a value in its place on a grid, hopping with every store: white, or red where the GPU finds that it
// does not vouch for itself.
const wgslRecord = `
struct Record { words: array<vec4u, 4> }

fn model(r: Record) -> mat4x4f {
    let k = r.words[0];
    if k.y == 0u { return mat4x4f(); }
    let x = f32(k.x % 256u) - 128.0;
    let z = f32(k.x / 256u % 256u) - 128.0;
    let y = f32(k.z % 64u) * 0.25;
    return mat4x4f(0.7, 0.0, 0.0, 0.0,  0.0, 0.7, 0.0, 0.0,  0.0, 0.0, 0.7, 0.0,  x, y, z, 1.0);
}

fn tint(r: Record, index: u32) -> vec4f {
    let k = r.words[0];
    var words = r.words; // only a variable takes an index
    var whole = k.x == index || k.x == 0xffffffffu;
    for (var i = 3u; i < 16u; i++) {
        let w = (k.x * 0x9e3779b1u ^ k.y * 0x85ebca6bu ^ k.z * 0xc2b2ae35u) + i * 0x27d4eb2fu;
        whole = whole && words[i / 4u][i % 4u] == (w ^ w >> 15u);
    }
    return select(vec4f(1.0, 0.0, 0.0, 1.0), vec4f(1.0), whole);
}
`

const wgslShade = `fn shade(p: Point) -> vec4f { return p.color; }`
