// Ground and horizon of the studio look. Needs look_studio.wgsl.

struct Ground {
    @builtin(position) clip: vec4f,
    @location(0) seen: vec3f,  // from the eye
}

@vertex
fn vs_ground(@builtin(vertex_index) v: u32) -> Ground {
    let corner = vec2f(f32(v & 1u), f32(v >> 1u)) * 2.0 - 1.0;
    let xz = frame.seen.xz + corner * frame.seen.w * 40.0;
    let p = vec3f(xz.x, frame.ground.x, xz.y);
    return Ground(frame.eye_proj * vec4f(p, 1.0), p);
}

// line returns the part of the pixel that the lines of a grid cover. Each line is width cells wide (Golus, "The Best
// Darn Grid Shader (Yet)", 2023).
fn line(cell: vec2f, width: f32) -> f32 {
    let pixel = fwidth(cell);
    let drawn = max(vec2f(width), pixel);
    let away = abs(fract(cell - 0.5) - 0.5);
    let ink = smoothstep(drawn * 0.5 + pixel * 0.75, drawn * 0.5 - pixel * 0.75, away) * (width / drawn);
    let thin = mix(ink, vec2f(width), clamp(pixel * 2.0 - 1.0, vec2f(0.0), vec2f(1.0)));
    return max(thin.x, thin.y);
}

@fragment
fn fs_ground(in: Ground) -> @location(0) vec4f {
    let up = vec3f(0.0, 1.0, 0.0);
    let p = in.seen + frame.eye.xyz;
    let grid = in.seen.xz + frame.ground.zw;
    let ink = max(line(grid, 0.02) * 0.5, line(grid / 10.0, 0.006));
    let paint = mix(frame.backdrop.rgb * 0.86, frame.backdrop.rgb * 0.62, ink);
    let light = daylight(up, sun_seen(p, up), sky_seen(p, up)) / daylight(up, 1.0, 1.0);
    let away = distance(in.seen.xz, frame.seen.xz) / frame.seen.w;
    return pixel(vec4f(mix(paint * light, frame.backdrop.rgb, smoothstep(0.4, 4.0, away)), frame.backdrop.a));
}

struct Horizon {
    @builtin(position) clip: vec4f,
    @location(0) height: f32,
}

@vertex
fn vs_horizon(@builtin(vertex_index) v: u32) -> Horizon {
    let corner = vec2f(f32((v << 1u) & 2u), f32(v & 2u)) * 2.0 - 1.0;
    return Horizon(vec4f(corner, 0.0, 1.0), corner.y);
}

@fragment
fn fs_horizon(in: Horizon) -> @location(0) vec4f {
    return pixel(vec4f(frame.backdrop.rgb * mix(1.0, 0.8, smoothstep(0.1, 1.2, in.height)), frame.backdrop.a));
}
