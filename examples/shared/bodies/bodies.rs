//! The bodies of bodies.py in Rust, ten metres to the right: rustc -O examples/shared/bodies/bodies.rs && ./bodies
#[path = "../../../arena/shared/clients/slotstream.rs"]
#[allow(dead_code)]
mod slotstream;
use std::time::{Duration, Instant};

const N: usize = 1000;
const HZ: f32 = 240.0;

fn main() -> std::io::Result<()> {
    let mut state = 1u32;
    let mut between = |lo: f32, hi: f32| {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        lo + (hi - lo) * (state >> 8) as f32 / (1 << 24) as f32
    };
    let mut places: Vec<[f32; 3]> = (0..N).map(|_| [between(-4.0, 4.0), between(1.0, 12.0), between(-4.0, 4.0)]).collect();
    let mut speeds: Vec<[f32; 3]> = (0..N).map(|_| [between(-3.0, 3.0), between(-3.0, 3.0), between(-3.0, 3.0)]).collect();
    let mut w = slotstream::Writer::<[f32; 16]>::open("", "bodies.rs", N, "16float32", r#"{"mesh":"cube"}"#, slotstream::FREE)?;
    let began = Instant::now();
    for tick in 1.. {
        for ((m, p), v) in w.stage(0, N).iter_mut().zip(&mut places).zip(&mut speeds) {
            v[1] -= 9.81 / HZ;
            for k in 0..3 {
                p[k] += v[k] / HZ;
                if if k == 1 { p[k] < 0.2 } else { p[k].abs() > 4.5 } { // the floor or a wall
                    p[k] -= v[k] / HZ;
                    v[k] *= -0.8;
                }
            }
            *m = [0.4, 0.0, 0.0, 0.0, 0.0, 0.4, 0.0, 0.0, 0.0, 0.0, 0.4, 0.0, p[0] + 10.0, p[1], p[2], 1.0];
        }
        if !w.commit(tick, began.elapsed().as_nanos() as i64) { break }
        std::thread::sleep(Duration::from_secs_f32(1.0 / HZ));
    }
    Ok(())
}
