// A slot is a render.Motion. Its colour is one of the batch's.
alias Record = Motion;

fn model(r: Record) -> mat4x4f { return moved(r); }

fn tint(r: Record, index: u32) -> vec4f {
    return batch.palette[hash(index) % batch.colors];
}
