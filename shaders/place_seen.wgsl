// Behind culling the places of a draw are the slots that are seen: the end of CullSeen
// of cull.wgsl. Those marked in the top bit draw nothing.
struct Seen {
    arguments: array<u32, 16>,
    places: array<u32>,
}

@group(1) @binding(2) var<storage, read> seen: Seen;

fn slot_at(place: u32) -> u32 { return seen.places[place]; }
