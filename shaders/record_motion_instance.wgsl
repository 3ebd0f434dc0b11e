// A slot is a render.MotionInstance.
struct Record {
    motion: Motion,
    color: vec4f,
}

fn model(r: Record) -> mat4x4f { return moved(r.motion); }

fn tint(r: Record, index: u32) -> vec4f { return r.color; }
