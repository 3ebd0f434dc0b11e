// The studio look: the sun casts shadows, and what stands close together or on
// the ground sees less of the sky. Both come from depth maps: one seen from the
// sun, one from straight above. Gives lit, sun_seen and sky_seen.

@group(0) @binding(1) var depth_maps: texture_depth_2d_array;
@group(0) @binding(2) var compare: sampler_comparison;

// seen is the part of a disc around a point that the light of a map reaches:
// 16 taps on a spiral (Vogel 1979), each the mean of four texels. radius is in
// fractions of the map.
fn seen(map: u32, at: vec3f, radius: f32) -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < 16u; i++) {
        let turn = f32(i) * 2.3999632;
        let tap = sqrt((f32(i) + 0.5) / 16.0) * radius * vec2f(cos(turn), sin(turn));
        sum += textureSampleCompareLevel(depth_maps, compare, at.xy + tap, map, at.z);
    }
    // The maps end where the camera's surroundings do: fade out before.
    let edge = max(abs(at.x - 0.5), abs(at.y - 0.5)) * 2.0;
    return mix(sum / 16.0, 1.0, smoothstep(0.8, 0.98, edge));
}

fn sun_seen(position: vec3f, normal: vec3f) -> f32 {
    let texel = frame.region.w / 1024.0;
    return seen(0u, (frame.sun_map * vec4f(position + normal * (2.0 * texel), 1.0)).xyz, 1.6 / 2048.0);
}

fn sky_seen(position: vec3f, normal: vec3f) -> f32 {
    let reach = 0.014;  // of the map: the width of the soft contact
    let lift = frame.region.w * 2.0 * reach;
    let p = position + normal * vec3f(0.6, 0.1, 0.6) * lift;
    let s = seen(1u, (frame.sky_map * vec4f(p, 1.0)).xyz, reach);
    return mix(0.35, 1.0, s);
}

fn lit(p: Point) -> vec3f {
    return p.color.rgb * daylight(p.normal, sun_seen(p.position, p.normal), sky_seen(p.position, p.normal));
}
