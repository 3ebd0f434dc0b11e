//! hammer.c in Rust: hammer ADDRESS NAME SLOTS whole|sparse LEDGER.
#[path = "../clients/slotstream.rs"]
#[allow(dead_code)]
mod slotstream;
use std::os::unix::fs::FileExt;

type Record = [u32; 16];

fn main() {
    let a: Vec<String> = std::env::args().collect();
    let (n, sparse): (usize, bool) = (a[3].parse().unwrap(), a[4] != "whole");
    let ledger = std::fs::OpenOptions::new().read(true).write(true).open(&a[5]).unwrap();
    let word = |i: u64| { let mut b = [0; 8]; ledger.read_exact_at(&mut b, 8 * i).unwrap(); u64::from_le_bytes(b) };
    let note = |i: u64, x: u32| ledger.write_all_at(&(x as u64).to_le_bytes(), 8 * i).unwrap();
    let mut w = slotstream::Writer::<Record>::open(&a[1], &a[2], n, "16uint32", "{}", slotstream::SEED)
        .unwrap_or_else(|e| { eprintln!("{e}"); std::process::exit(4) });
    let seed = w.seeded().unwrap().to_vec();
    let (mut k, mut sum) = (seed[0][0], 0u32);
    let mut holds: Vec<u32> = seed.iter().map(|r| r[0]).collect();
    for h in &holds[1..] { sum = sum.wrapping_add(*h) }
    let whole = if sparse { sum == seed[0][1] } else { seed.iter().flatten().all(|x| *x == k) };
    if !whole || word(1) > k as u64 { std::process::exit(3) }
    let (mut rng, mut next) = (88172645463325252u64 ^ (std::process::id() as u64) << 20, k.wrapping_mul(1000));
    let mut rnd = |n: usize| { rng ^= rng << 13; rng ^= rng >> 7; rng ^= rng << 17; (rng >> 32) as usize % n };
    let mut record = || { next = next.wrapping_add(1); std::array::from_fn::<u32, 16, _>(|j| next.wrapping_mul(2654435761).wrapping_add(j as u32)) };
    loop {
        k += 1;
        note(0, k);
        if !sparse {
            w.stage(0, n).fill([k; 16]);
        } else {
            let (first, count) = match (rnd(12), n) {
                (_, 1) => (1, 0),
                (0, _) => (1, n - 1),
                (1, _) => { let f = 1 + rnd(n - 1); (f, rnd(n - f + 1)) }
                _ => (1, 0),
            };
            for (i, slot) in w.stage(first, count).iter_mut().enumerate() {
                *slot = record();
                sum = sum.wrapping_add(slot[0]).wrapping_sub(holds[first + i]);
                holds[first + i] = slot[0];
            }
            if count == 0 && n > 1 && rnd(20) == 0 { w.set(1 + rnd(n - 1), record()); w.discard() }
            for _ in 0..if n > 1 { rnd(5) } else { 0 } {
                let (i, r) = (1 + rnd(n - 1), record());
                w.set(i, r);
                sum = sum.wrapping_add(r[0]).wrapping_sub(holds[i]);
                holds[i] = r[0];
            }
            let mut head: Record = [0; 16];
            (head[0], head[1]) = (k, sum);
            w.set(0, head);
        }
        if !w.commit(k as u64, -(k as i64)) { std::process::exit(5) }
        note(1, k);
    }
}
