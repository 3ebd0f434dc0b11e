// Quads with rounded corners, filled from a coverage atlas: glyphs, and one white texel for everything else.
// Needs output (tone_*.wgsl) and frame_depth (depth.go).

const rim_light = 0.06;

struct View {
    size: vec2f,   // of the target, pixels
    unused: vec2f,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var atlas: texture_2d<f32>;

struct Quad {
    @location(0) rect: vec4f,   // left, top, width, height; pixels
    @location(1) texels: vec4f, // the same in the atlas
    @location(2) color: vec4f,  // linear, straight alpha
    @location(3) edge: vec2f,   // radius of the corners, width of a lighter rim; pixels
    @location(4) behind: vec3f, // of a label that things may hide: its pixel, and its depth; 0 for other quads
}

struct Point {
    @builtin(position) position: vec4f,
    @location(0) texel: vec2f,
    @location(1) from_middle: vec2f,
    @location(2) @interpolate(flat) half_size: vec2f,
    @location(3) @interpolate(flat) color: vec4f,
    @location(4) @interpolate(flat) edge: vec2f,
}

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32, q: Quad) -> Point {
    let corner = vec2f(f32(vertex & 1u), f32(vertex >> 1u));
    let pixel = q.rect.xy + corner * q.rect.zw;
    var p: Point;
    p.position = vec4f(pixel.x / view.size.x * 2.0 - 1.0, 1.0 - pixel.y / view.size.y * 2.0, 0.0, 1.0);
    // What is nearer than a label by a thousandth hides it.
    if q.behind.z > 0.0 && frame_depth(vec2i(q.behind.xy)) > q.behind.z * 1.001 { p.position = vec4f(); }
    p.texel = q.texels.xy + corner * q.texels.zw;
    p.from_middle = (corner - 0.5) * q.rect.zw;
    p.half_size = 0.5 * q.rect.zw;
    p.color = q.color;
    p.edge = q.edge;
    return p;
}

@fragment
fn fs_main(p: Point) -> @location(0) vec4f {
    // Distance to a rounded box: https://iquilezles.org/articles/distfunctions2d/
    let d = abs(p.from_middle) - (p.half_size - p.edge.x);
    let distance = length(max(d, vec2f())) + min(max(d.x, d.y), 0.0) - p.edge.x;
    let alpha = p.color.a * clamp(0.5 - distance, 0.0, 1.0) * textureLoad(atlas, vec2i(p.texel), 0).r;
    let rim = select(0.0, rim_light, distance > -p.edge.y);
    return vec4f(output(p.color.rgb + rim).rgb * alpha, alpha);
}
