// The fragment stage. Needs VertexOut and shade.

@fragment
fn fs_main(in: VertexOut) -> @location(0) vec4f {
    return pixel(shade(Point(in.position, in.normal * inverseSqrt(max(dot(in.normal, in.normal), 1e-37)), in.local, in.color, in.index)));
}
