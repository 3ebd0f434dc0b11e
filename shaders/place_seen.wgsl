// With culling, the places of a draw are the visible slots, which the end of CullSeen in cull.wgsl lists. A place with
// the top bit set draws nothing.
struct Seen {
    arguments: array<u32, 16>,
    places: array<u32>,
}

@group(1) @binding(2) var<storage, read> seen: Seen;

fn slot_at(place: u32) -> u32 { return seen.places[place]; }

fn shape_drawn() -> u32 { return 0u; }
