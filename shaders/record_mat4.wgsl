// A slot is a matrix. Its colour is one of the batch's.
alias Record = mat4x4f;

fn model(r: Record) -> mat4x4f { return r; }

fn tint(r: Record, index: u32) -> vec4f {
    return batch.palette[hash(index) % batch.colors];
}
