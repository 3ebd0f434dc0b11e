// The box of a slot that shows a mesh of a set. Needs shape_of of one of its files, and sort.wgsl. A slot whose shape the
// set lacks draws nothing, and has no box.
fn weigh_box(slot: u32, r: Record) -> WeighBox {
    let shape = shape_of(shape_four(slot) >> (8u * (slot & 3u)), slot, r);
    let lacks = shape >= sort_set.shapes;
    let at = select(shape, 0u, lacks);
    return WeighBox(sort_set.shape[at].center, select(sort_set.shape[at].half, vec4f(), lacks));
}
