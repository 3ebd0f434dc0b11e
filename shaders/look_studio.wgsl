// The studio look: the sun casts shadows, and a surface close to another one, or to the ground, sees less of the sky.
// Both come from shadow maps: one is seen from the sun, one from straight above. Declares lit, sun_seen and sky_seen.

@group(0) @binding(1) var depth_maps: texture_depth_2d_array;
@group(0) @binding(2) var compare: sampler_comparison;

// faded returns s, which fades to 1 towards the edges of the maps: beyond them nothing is known.
fn faded(s: f32, at: vec3f) -> f32 {
    let edge = max(abs(at.x - 0.5), abs(at.y - 0.5)) * 2.0;
    return mix(s, 1.0, smoothstep(0.8, 0.98, edge));
}

// tap returns the mean over the four texels around a place: 1 if the light reaches all of them, 0 if it reaches none.
fn tap(layer: u32, at: vec3f, x: f32, y: f32) -> f32 {
    return textureSampleCompareLevel(depth_maps, compare, at.xy + vec2f(x, y), layer, at.z);
}

// sun_seen returns the part of the sun that a point sees, 0 to 1.
fn sun_seen(position: vec3f, normal: vec3f) -> f32 {
    if dot(normal, frame.sun.xyz) <= 0.0 { return 0.0; }
    let texel = 1.0 / f32(textureDimensions(depth_maps).x);
    let p = position + normal * (4.0 * texel * frame.region.w);
    let at = (frame.sun_map * vec4f(p, 1.0)).xyz;
    let a = texel * 0.45;
    let b = texel * 1.1;
    return faded(0.25 * (tap(0u, at, a, b) + tap(0u, at, -b, a) + tap(0u, at, -a, -b) + tap(0u, at, b, -a)), at);
}

// sky_seen returns the part of the sky that a point sees. It looks straight up from a disc around the point, by two
// rings of taps.
fn sky_seen(position: vec3f, normal: vec3f) -> f32 {
    let reach = 0.014;  // radius of the disc, as a part of the map
    let p = position + normal * vec3f(0.6, 0.1, 0.6) * (frame.region.w * 2.0 * reach);
    let at = (frame.sky_map * vec4f(p, 1.0)).xyz;
    let a = reach * 0.36;
    let b = reach * 0.15;
    let c = reach * 0.35;
    let d = reach * 0.84;
    let s = tap(1u, at, a, b) + tap(1u, at, -b, a) + tap(1u, at, -a, -b) + tap(1u, at, b, -a)
        + tap(1u, at, c, d) + tap(1u, at, -d, c) + tap(1u, at, -c, -d) + tap(1u, at, d, -c);
    return mix(0.35, 1.0, faded(0.125 * s, at));
}

fn lit(p: Point) -> vec3f {
    return p.color.rgb * daylight(p.normal, sun_seen(p.position, p.normal), sky_seen(p.position, p.normal));
}
