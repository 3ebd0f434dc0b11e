// The corners of the unit cube: the three faces that the eye can see, from
// seven corners. Corner v of a slot is the one whose bit k says whether it lies
// on the far side along axis k; corner 7 is hidden, so there are 0 to 6. Corners
// 6, 5 and 3 belong to one face each (of axis 0, 1 and 2) and come first in both
// of its triangles, so that flat values taken from the first are the face's own.
// Gives corner, for a matrix that counts from the eye.

// Cubes that an instance draws: few enough for 16-bit indices and for a last run that
// is not full, many enough that instances cost nothing.
const cube_run = 64u;

struct Corner {
    local: vec3f,
    seen: vec3f,    // from the eye
    normal: vec3f,  // of the face that the corner stands for
}

fn corner(m: mat4x4f, v: u32) -> Corner {
    let a = m[0].xyz;
    let b = m[1].xyz;
    let c = m[2].xyz;
    let n = cofactors(m);  // face normals, inward for all if the matrix mirrors
    let to_eye = select(frame.eye.xyz, -m[3].xyz, frame.eye.w != 0.0);
    let side = unit(to_eye) * n;  // on which side of the middle plane of each axis the eye is
    let outward = select(1.0, -1.0, dot(a / largest(a), n[0]) < 0.0);
    let near = select(vec3f(-outward), vec3f(outward), side >= vec3f(0.0));
    // The near sides of the axes may form a left-handed frame: then axes 1 and 2
    // change places, and every triangle still runs counter-clockwise.
    let left = (side.x < 0.0) != ((side.y < 0.0) != (side.z < 0.0));
    let w = select(v, (v & 1u) | ((v & 2u) << 1u) | ((v & 4u) >> 1u), left);
    let far = (vec3u(w) & vec3u(1u, 2u, 4u)) != vec3u(0u);
    let local = 0.5 * select(near, -near, far);
    var normal = n[0] * near.x;
    if w == 5u { normal = n[1] * near.y; }
    if w == 3u { normal = n[2] * near.z; }
    return Corner(local, a * local.x + b * local.y + c * local.z + m[3].xyz, unit(normal * outward));
}
