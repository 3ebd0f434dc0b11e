// A slot is a render.Instance.
struct Record {
    model: mat4x4f,
    color: vec4f,
}

fn model(r: Record) -> mat4x4f { return r.model; }

fn tint(r: Record, index: u32) -> vec4f { return r.color; }
