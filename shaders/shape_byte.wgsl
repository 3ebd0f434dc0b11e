// The shape of a slot, as Batch.SetShape stores it: a byte for each slot of the page. Four slots are read at a time.
@group(1) @binding(8) var<storage, read> shapes: array<u32>;

// shape_four returns the shapes of four slots. slot is a multiple of four.
fn shape_four(slot: u32) -> u32 { return shapes[slot >> 2u]; }

// shape_of returns the shape of a slot; four has it in its lowest byte.
fn shape_of(four: u32, slot: u32, r: Record) -> u32 { return four & 0xffu; }
