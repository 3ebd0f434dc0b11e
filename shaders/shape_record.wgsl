// The shape of a slot, as a Record's own function shape says. See shape_byte.wgsl.
fn shape_four(slot: u32) -> u32 { return 0u; }

fn shape_of(four: u32, slot: u32, r: Record) -> u32 { return shape(r, batch.first + slot); }
