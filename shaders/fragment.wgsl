// The fragment stage. Needs VertexOut and shade.

@fragment
fn fs_main(in: VertexOut) -> @location(0) vec4f {
    return pixel(shade(Point(in.position, normalize(in.normal), in.local, in.color, in.index)));
}
