// What every module of the scene shares. Needs Record, and output of one of the
// tone files.
// Right-handed, y up, metres; matrices column-major; colours linear.

// The world that a shader sees counts from the camera's origin; what has to be exact
// far from there counts from the eye (from_eye).

struct Frame {
    view_proj: mat4x4f,  // world to clip, depth 1 near to 0 infinitely far
    eye: vec4f,          // the camera's place (w = 1), or the direction to one infinitely far away (w = 0)
    sun: vec4f,          // unit vector towards the sun
    sun_color: vec4f,
    sky_color: vec4f,    // light from straight above
    earth_color: vec4f,  // light from straight below
    backdrop: vec4f,     // colour behind everything
    sun_map: mat4x4f,    // world to the depth map seen from the sun: u, v, depth
    sky_map: mat4x4f,    // world to the one seen from above
    region: vec4f,       // the ball that the maps cover: centre, from the eye; radius in metres
    now: u32,            // when this frame is: microseconds, wrapping
    ground: vec4f,       // x: height above the eye; y: 1 where the target keeps no alpha, else 0; zw: the eye on the grid
    eye_proj: mat4x4f,   // view_proj for what counts from the eye
}

struct Batch {
    first: u32,          // arena index of this page's first slot
    colors: u32,         // how many of palette count
    tick: u32,           // microseconds that a Motion takes
    id: u32,             // which of the renderer's batches
    palette: array<vec4f, 8>,
    origin: vec4f,       // the batch's origin, from the camera's
    from_eye: vec4f,     // the batch's origin, from the eye: the sum of these two
    from_eye_rest: vec4f,
    ahead: u32,          // microseconds that the batch's clock is ahead of frame.now, wrapping
}

// A point of a surface, as fn shade gets it.
struct Point {
    position: vec3f,     // world: less batch.origin.xyz it counts from the batch's origin
    normal: vec3f,       // world, unit length
    local: vec3f,        // in the mesh's coordinates
    color: vec4f,        // the instance's tint, its alpha with it
    index: u32,          // the instance's arena index
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(1) @binding(0) var<storage, read> records: array<Record>;
@group(1) @binding(1) var<uniform> batch: Batch;

// from_eye is m, which counts from the batch's origin, from the eye. The first sum is
// exact for what is near the eye, whatever the two origins are: nothing is rounded
// before the eye is subtracted.
fn from_eye(m: mat4x4f) -> mat4x4f {
    return mat4x4f(m[0], m[1], m[2], vec4f((m[3].xyz + batch.from_eye.xyz) + batch.from_eye_rest.xyz, 1.0));
}

fn hash(i: u32) -> u32 {  // a permutation of 32 bits (PCG, Jarzynski & Olano 2020)
    let s = i * 747796405u + 2891336453u;
    let w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
    return (w >> 22u) ^ w;
}

// largest is the largest magnitude of a vector's components, and never 0.
fn largest(v: vec3f) -> f32 { return max(max(abs(v.x), max(abs(v.y), abs(v.z))), 1e-37); }

// unit is v at length 1, for vectors of any length: their squares may not fit a
// float. The zero vector stays what it is.
fn unit(v: vec3f) -> vec3f {
    let u = v / largest(v);
    return u * inverseSqrt(max(dot(u, u), 1e-37));
}

// cofactors has the columns that take normals where m takes points, which also
// serves uneven scales and shears. Only their direction means something: m is
// brought to a size whose products fit a float.
fn cofactors(m: mat4x4f) -> mat3x3f {
    let k = 1.0 / max(largest(m[0].xyz), max(largest(m[1].xyz), largest(m[2].xyz)));
    let a = m[0].xyz * k;
    let b = m[1].xyz * k;
    let c = m[2].xyz * k;
    return mat3x3f(cross(b, c), cross(c, a), cross(a, b));
}

// pixel is what a target stores of a colour: premultiplied by alpha, where it keeps
// any.
fn pixel(c: vec4f) -> vec4f {
    let alpha = mix(clamp(c.a, 0.0, 1.0), 1.0, frame.ground.y);
    return vec4f(output(c.rgb).rgb * alpha, alpha);
}

// daylight is the light that reaches a surface of this normal: the sun, as far
// as sun_seen, and a hemisphere of sky and earth, as far as sky_seen.
fn daylight(normal: vec3f, sun_seen: f32, sky_seen: f32) -> vec3f {
    let sun = frame.sun_color.rgb * (max(dot(normal, frame.sun.xyz), 0.0) * sun_seen);
    return sun + mix(frame.earth_color.rgb, frame.sky_color.rgb, normal.y * 0.5 + 0.5) * sky_seen;
}
