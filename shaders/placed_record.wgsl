fn placed(slot: u32, r: Record) -> mat4x4f { return from_eye(model(r)); }
