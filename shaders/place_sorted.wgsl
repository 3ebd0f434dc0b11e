// With slots sorted by draws (sort.wgsl), the places of a draw are a part of one list. A place with the top bit set draws
// nothing: it is past the end of the part.
struct Part {
    arguments: vec4u,  // of the draw
    more: u32,         // the last argument
    start: u32,
    count: u32,
    shape: u32,
    center: vec4f,     // of the shape's box; w: the part of its silhouette that the shape fills
    half: vec4f,       // half of the box's sides
    color: vec4f,      // mean of the colours of the shape's vertices
}

@group(1) @binding(2) var<storage, read> places: array<u32>;
@group(1) @binding(4) var<uniform> part: Part;

fn slot_at(place: u32) -> u32 { return select(places[part.start + place], 0x80000000u, place >= part.count); }

fn shape_drawn() -> u32 { return part.shape; }
