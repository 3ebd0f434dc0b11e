// Fits the shadow maps to what the camera sees, by the sums of weigh.wgsl: a single thread. Needs scene.wgsl.
// render/fit.go explains it.

// A light infinitely far away. w: the place of the eye along the axis, from where texels are counted.
struct FitLamp {
    right: vec4f,
    up: vec4f,
    towards: vec4f,
}

struct Fit {
    forward: vec4f,  // the direction of view; w: the distance if nothing is seen
    lamps: array<FitLamp, 2>,  // the sun, and the sky straight above
    texels: f32,     // along a side of a map
}

@group(0) @binding(1) var<uniform> fit_by: Fit;
@group(0) @binding(2) var<storage, read_write> fit_weighed: array<u32, 6>;
@group(0) @binding(3) var<storage, read_write> fit_eye: Frame;
@group(0) @binding(4) var<storage, read_write> fit_sun: Frame;
@group(0) @binding(5) var<storage, read_write> fit_sky: Frame;

fn fit_sum(sum: u32) -> f32 { return f32(fit_weighed[2u * sum + 1u]) * 4294967296.0 + f32(fit_weighed[2u * sum]); }

// fit_octave returns the logarithm, to base 2, of the distance of what is seen. The sums are of whole sixteenths, rounded
// down: half of one is added.
fn fit_octave() -> f32 {
    let weight = fit_sum(0u);
    let sixteenths = (fit_sum(1u) + 4096.0 * fit_sum(2u)) / max(weight, 1.0) + 0.5;
    return clamp(select(log2(fit_by.forward.w), sixteenths / 16.0 - 128.0, weight > 0.0), -100.0, 100.0);
}

fn fit_ball(octave: f32) -> vec4f { return vec4f(fit_by.forward.xyz, 1.2) * exp2(octave); }

// fit_middle returns the place of the ball's middle along an axis, from the eye. It is rounded down to a whole texel.
fn fit_middle(axis: vec4f, ball: vec4f) -> f32 {
    let texel = 2.0 * ball.w / fit_by.texels;
    let middle = dot(axis.xyz, ball.xyz);
    return middle - fract((axis.w + middle) / texel) * texel;
}

// fit_clip returns the matrix that turns coordinates that count from the eye into a lamp's clip coordinates, with depth
// 1 nearest to the lamp. The lamp sees the ball. What is up to four radii in front of the middle casts a shadow.
fn fit_clip(lamp: FitLamp, ball: vec4f) -> mat4x4f {
    let k = 1.0 / ball.w;
    let z = k / 8.0;
    let axes = mat3x3f(lamp.right.xyz * k, lamp.up.xyz * k, lamp.towards.xyz * z);
    let rows = transpose(axes);
    return mat4x4f(vec4f(rows[0], 0.0), vec4f(rows[1], 0.0), vec4f(rows[2], 0.0),
        vec4f(-fit_middle(lamp.right, ball) * k, -fit_middle(lamp.up, ball) * k, 0.5 - dot(lamp.towards.xyz, ball.xyz) * z, 1.0));
}

// fit_map turns a matrix of fit_clip into one for coordinates that count from the camera's origin. It leads to the
// map, whose v points down.
fn fit_map(clip: mat4x4f) -> mat4x4f {
    let map = mat4x4f(0.5, 0.0, 0.0, 0.0, 0.0, -0.5, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.5, 0.5, 0.0, 1.0) * clip;
    return mat4x4f(map[0], map[1], map[2], map * vec4f(-fit_eye.eye.xyz, 1.0));
}

@compute @workgroup_size(1)
fn fit() {
    let octave = fit_octave();
    let ball = fit_ball(floor(4.0 * octave + 0.5) / 4.0);
    let sun = fit_clip(fit_by.lamps[0], ball);
    let sky = fit_clip(fit_by.lamps[1], ball);
    let pixels = fit_by.texels / (2.0 * ball.w);
    fit_eye.seen = fit_ball(octave);
    fit_eye.region = ball;
    fit_eye.sun_map = fit_map(sun);
    fit_eye.sky_map = fit_map(sky);
    fit_sun.region = ball;
    fit_sun.eye_proj = sun;
    fit_sun.pixels = pixels;
    fit_sky.region = ball;
    fit_sky.eye_proj = sky;
    fit_sky.pixels = pixels;
    for (var i = 0u; i < 6u; i++) { fit_weighed[i] = 0u; }  // for the next frame
}
