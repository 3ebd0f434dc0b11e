// A faster vertex_cube.wgsl, for a look whose light depends on normal and colour alone: each face is lit once, at the
// corner that stands for the face. Needs corner, Record, model, tint and lit. Declares vs_main and fs_main.

struct FlatOut {
    @builtin(position) clip: vec4f,
    @location(0) @interpolate(flat) color: vec4f,
}

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32, @builtin(instance_index) run: u32) -> FlatOut {
    let place = slot_at(run * cube_run + (vertex >> 3u));
    let slot = place & 0x7fffffffu;
    let r = records[slot];
    let index = batch.first + slot;
    let p = corner(placed(slot, r), vertex & 7u);
    // A branch would cost more than it saves.
    let clip = select(frame.eye_proj * vec4f(p.seen, 1.0), vec4f(), place != slot);
    let point = Point(p.seen + frame.eye.xyz, p.normal, p.local, tint(r, index), index);
    return FlatOut(clip, pixel(vec4f(lit(point), point.color.a)));
}

@fragment
fn fs_main(in: FlatOut) -> @location(0) vec4f { return in.color; }
