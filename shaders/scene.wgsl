// Declarations that every module of the scene has. Needs Record, and output of one of the tone files.
// Coordinates are right-handed, y up, in metres; matrices are column-major; colours are linear.
//
// World coordinates count from the camera's origin. A place that must be exact near the eye counts from the eye
// (from_eye).

struct Frame {
    view_proj: mat4x4f,  // turns world into clip coordinates; depth is 1 near, 0 infinitely far away
    eye: vec4f,          // the place of the eye (w = 1), or the direction to an eye infinitely far away (w = 0)
    sun: vec4f,          // unit vector towards the sun
    sun_color: vec4f,
    sky_color: vec4f,    // light from straight above
    earth_color: vec4f,  // light from straight below
    backdrop: vec4f,     // colour behind all batches
    sun_map: mat4x4f,    // turns world coordinates into u, v and depth of the sun's shadow map
    sky_map: mat4x4f,    // the same for the shadow map seen from straight above
    region: vec4f,       // the ball that the shadow maps cover: xyz its centre, from the eye; w its radius
    now: u32,            // time of this frame in microseconds, wrapping
    pixels: f32,         // pixels that a metre has where w is 1 in clip coordinates
    width: f32,          // of the view, in pixels
    height: f32,
    ground: vec4f,       // x: height above the eye; y: 1 if the target keeps no alpha; zw: place of the eye on the grid
    eye_proj: mat4x4f,   // view_proj for coordinates that count from the eye
    seen: vec4f,         // as region, and not in steps: the ball around what the camera sees
}

struct Batch {
    first: u32,          // arena index of this page's first slot
    colors: u32,         // colours in palette
    tick: u32,           // microseconds that a Motion takes
    id: u32,             // number of the batch
    palette: array<vec4f, 8>,
    origin: vec4f,       // the batch's origin, from the camera's origin
    from_eye: vec4f,     // the batch's origin, from the eye, is the sum of these two
    from_eye_rest: vec4f,
    ahead: u32,          // microseconds that the batch's clock is ahead of frame.now, wrapping
    slots: u32,          // of this page, in use
    box_center: vec4f,   // of the mesh's box, in its coordinates, if all slots show one mesh
    box_half: vec4f,     // half of its sides
}

// A point of a surface: the argument of fn shade.
struct Point {
    position: vec3f,     // in the world; minus batch.origin.xyz, it counts from the batch's origin
    normal: vec3f,       // world, unit length
    local: vec3f,        // in the mesh's coordinates
    color: vec4f,        // the slot's tint
    index: u32,          // the slot's arena index
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(1) @binding(0) var<storage, read> records: array<Record>;
@group(1) @binding(1) var<uniform> batch: Batch;

// from_eye turns a matrix that counts from the batch's origin into one that counts from the eye. Near the eye the first
// sum is exact, wherever the two origins are, so nothing is rounded before the eye is subtracted.
//
// The last row of the result is 0 0 0 1. A last row of 0 0 0 w divides m by w. With any other last row m is no affine
// map, and becomes a matrix without extent, which draws nothing.
fn from_eye(m: mat4x4f) -> mat4x4f {
    let w = m[3].w;
    let affine = w != 0.0 && all(vec3f(m[0].w, m[1].w, m[2].w) == vec3f(0.0));
    let k = select(0.0, 1.0 / w, affine);
    return mat4x4f(m[0] * k, m[1] * k, m[2] * k,
        vec4f((m[3].xyz * k + batch.from_eye.xyz) + batch.from_eye_rest.xyz, 1.0));
}

fn hash(i: u32) -> u32 {  // a permutation of the 32-bit numbers (PCG, Jarzynski & Olano 2020)
    let s = i * 747796405u + 2891336453u;
    let w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
    return (w >> 22u) ^ w;
}

// largest returns the largest magnitude among the components of v. It is never 0.
fn largest(v: vec3f) -> f32 { return max(max(abs(v.x), max(abs(v.y), abs(v.z))), 1e-37); }

// unit returns v at length 1. v may be of any length, even if its square does not fit a float. The zero vector stays
// zero.
fn unit(v: vec3f) -> vec3f {
    let u = v / largest(v);
    return u * inverseSqrt(max(dot(u, u), 1e-37));
}

// cofactors returns the matrix that turns normals as m turns points, also if m scales unevenly or shears. Only the
// directions of its columns mean something: m is scaled first, so that its products fit a float.
fn cofactors(m: mat4x4f) -> mat3x3f {
    let k = 1.0 / max(largest(m[0].xyz), max(largest(m[1].xyz), largest(m[2].xyz)));
    let a = m[0].xyz * k;
    let b = m[1].xyz * k;
    let c = m[2].xyz * k;
    return mat3x3f(cross(b, c), cross(c, a), cross(a, b));
}

// pixel returns a colour as the target stores it: premultiplied by alpha, if the target keeps alpha.
fn pixel(c: vec4f) -> vec4f {
    let alpha = mix(clamp(c.a, 0.0, 1.0), 1.0, frame.ground.y);
    return vec4f(output(c.rgb).rgb * alpha, alpha);
}

// daylight returns the light on a surface with this normal. It sees the part sun_seen of the sun, and the part sky_seen
// of a hemisphere of sky and earth.
fn daylight(normal: vec3f, sun_seen: f32, sky_seen: f32) -> vec3f {
    let sun = frame.sun_color.rgb * (max(dot(normal, frame.sun.xyz), 0.0) * sun_seen);
    return sun + mix(frame.earth_color.rgb, frame.sky_color.rgb, normal.y * 0.5 + 0.5) * sky_seen;
}
