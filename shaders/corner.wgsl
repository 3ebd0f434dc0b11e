// The corners of the unit cube. The eye sees three faces at most, which have seven corners. Bit k of a corner's number
// says whether it lies on the far side along axis k. Corner 7 is hidden, so the numbers are 0 to 6. Corners 6, 5 and 3
// stand for one face each, of axis 0, 1 and 2. They come first in both triangles of their face, so a flat value, which
// the GPU takes from the first vertex, is the face's own.
//
// Declares corner, for a matrix that counts from the eye.

// The cubes of an instance. 64 are few enough for 16-bit indices, and for a last instance that is not full; and many
// enough that the number of instances costs nothing.
const cube_run = 64u;

struct Corner {
    local: vec3f,
    seen: vec3f,    // from the eye
    normal: vec3f,  // of the face that this corner stands for
}

fn corner(m: mat4x4f, v: u32) -> Corner {
    let a = m[0].xyz;
    let b = m[1].xyz;
    let c = m[2].xyz;
    let n = cofactors(m);  // the normals of the faces; all point inward if the matrix mirrors
    let to_eye = select(frame.eye.xyz, -m[3].xyz, frame.eye.w != 0.0);
    let side = unit(to_eye) * n;  // its signs say on which side of each axis's middle plane the eye is
    let outward = select(1.0, -1.0, dot(a / largest(a), n[0]) < 0.0);
    let near = select(vec3f(-outward), vec3f(outward), side >= vec3f(0.0));
    // The near sides of the axes may form a left-handed system. Then axes 1 and 2 change places, so that every triangle
    // runs counter-clockwise.
    let left = (side.x < 0.0) != ((side.y < 0.0) != (side.z < 0.0));
    let w = select(v, (v & 1u) | ((v & 2u) << 1u) | ((v & 4u) >> 1u), left);
    let far = (vec3u(w) & vec3u(1u, 2u, 4u)) != vec3u(0u);
    let local = 0.5 * select(near, -near, far);
    var normal = n[0] * near.x;
    if w == 5u { normal = n[1] * near.y; }
    if w == 3u { normal = n[2] * near.z; }
    return Corner(local, a * local.x + b * local.y + c * local.z + m[3].xyz, unit(normal * outward));
}
