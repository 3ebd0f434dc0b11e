// The box of a slot, if all slots of the batch show one mesh.
fn weigh_box(slot: u32, r: Record) -> WeighBox { return WeighBox(batch.box_center, batch.box_half); }
