//! Store transforms straight into a slotstream arena of another process: a viewer, or a recorder.
//!
//! One file, the standard library alone, Linux on a little-endian machine: copy it, and write `mod slotstream;`. MIT.
//! Slotstream's package arena/shared documents every byte of the protocol (go doc).
//!
//! ```no_run
//! let mut w = slotstream::Writer::<[f32; 16]>::open("", "robot", 40, "16float32", "", 0)?;
//! for tick in 1.. {
//!     for m in w.stage(0, 40) { *m = matrix }         // fill all 40, column by column: m[12..15] is the place
//!     if !w.commit(tick, time_ns) { break }           // the viewer shows all of it, or nothing of it
//! }
//! ```
//!
//! No call waits for the viewer, except `open` for its answer. Open after the last fork: the viewer takes the end of the
//! process that opened it for the end of the writer.
use std::ffi::{c_int, c_void};
use std::io::{Error, ErrorKind, Result, Write};
use std::os::unix::io::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, mem, ptr, slice};

/// The slots vanish when this writer ends; without it the last commit stays for a while.
pub const FREE: u32 = 1;
/// Begin with the values that the viewer shows: see [`Writer::seeded`].
pub const SEED: u32 = 2;

#[repr(C)]
struct Part { base: *mut c_void, len: usize }
#[repr(C)]
struct Message { name: *mut c_void, name_len: u32, parts: *mut Part, count: usize, control: *mut c_void, control_len: usize, flags: c_int }
extern "C" {
    fn mmap(at: *mut c_void, n: usize, prot: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut c_void;
    fn munmap(at: *mut c_void, n: usize) -> c_int;
    fn recvmsg(fd: c_int, message: *mut Message, flags: c_int) -> isize;
    fn recv(fd: c_int, at: *mut c_void, n: usize, flags: c_int) -> isize;
}

/// A run of slots of type T in a viewer, for one thread at a time. T is plain numbers, `repr(C)`, without padding.
pub struct Writer<T: Copy> {
    socket: UnixStream,
    block: *mut u8,
    bytes: usize,
    slots: usize,
    back: usize, // buffers: this writer's, and that of the last commit
    last: usize,
    news: [usize; 3], // places in the block
    values: [usize; 3],
    middle: usize,
    set: Vec<u64>,        // a bit a slot: set since the last commit
    stale: [Vec<u64>; 3], // the buffer does not have the slot's last value
    any: bool,
    has: [bool; 3], // whether set, news have a bit
    commits: u64,
    looked: Instant,
    gone: bool,
    of: std::marker::PhantomData<T>,
}

// The block is this writer's alone on this side.
unsafe impl<T: Copy + Send> Send for Writer<T> {}

fn fail<X>(why: impl std::fmt::Display) -> Result<X> {
    Err(Error::new(ErrorKind::Other, format!("slotstream: {why}")))
}

impl<T: Copy> Writer<T> {
    /// Asks the viewer at `address` to let `name` write so many slots. "" is the default address: $SLOTSTREAM_SOCKET, or
    /// slotstream.sock in $XDG_RUNTIME_DIR or /tmp. `layout` names the words of T, as "16float32". `metadata` is for the viewer's
    /// program, JSON as a rule. The error says that no viewer listens there, or has the viewer's reason.
    pub fn open(address: &str, name: &str, slots: usize, layout: &str, metadata: &str, flags: u32) -> Result<Self> {
        let set = |name| env::var(name).ok().filter(|v| !v.is_empty());
        let address = Some(address.to_string()).filter(|a| !a.is_empty()).or_else(|| set("SLOTSTREAM_SOCKET"))
            .unwrap_or_else(|| set("XDG_RUNTIME_DIR").unwrap_or("/tmp".into()) + "/slotstream.sock");
        if name.len() > 63 || layout.len() > 63 { return fail("name or layout above 63 bytes") }
        let mut socket = UnixStream::connect(&address).or_else(|e| fail(format!("no viewer listens at {address}: {e}")))?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut hello = [0u8; 256];
        hello[..8].copy_from_slice(b"SLOTSHM1");
        for (at, x) in [(8, 1), (12, 0x01020304), (24, mem::size_of::<T>() as u32), (28, flags), (32, metadata.len() as u32)] {
            hello[at..at + 4].copy_from_slice(&u32::to_ne_bytes(x));
        }
        hello[16..24].copy_from_slice(&(slots as u64).to_ne_bytes());
        hello[64..64 + name.len()].copy_from_slice(name.as_bytes());
        hello[128..128 + layout.len()].copy_from_slice(layout.as_bytes());
        let _ = socket.write_all(&hello).and_then(|_| socket.write_all(metadata.as_bytes())); // a viewer that closed said why
        let (mut answer, mut control) = ([0u8; 256], [0u64; 3]);
        let mut part = Part { base: answer.as_mut_ptr().cast(), len: 256 };
        let mut message = Message { name: ptr::null_mut(), name_len: 0, parts: &mut part, count: 1,
            control: control.as_mut_ptr().cast(), control_len: 24, flags: 0 };
        const WAITALL_CLOEXEC: c_int = 0x100 | 0x4000_0000;
        let got = loop {
            let got = unsafe { recvmsg(socket.as_raw_fd(), &mut message, WAITALL_CLOEXEC) };
            if got >= 0 || Error::last_os_error().kind() != ErrorKind::Interrupted { break got }
        };
        if got != 256 || answer[..12] != hello[..12] { return fail(format!("{address}: no answer of a viewer")) }
        if answer[12] != 0 { return fail(format!("refused: {}", String::from_utf8_lossy(&answer[64..]).trim_end_matches('\0'))) }
        if message.control_len < 20 { return fail("a welcome without a block") }
        let fd = unsafe { OwnedFd::from_raw_fd(control[2] as c_int) }; // behind length, level and type
        let bytes = unsafe { answer.as_ptr().add(16).cast::<u64>().read_unaligned() } as usize;
        let block = unsafe { mmap(ptr::null_mut(), bytes, 3, 1 | 0x8000, fd.as_raw_fd(), 0) } as *mut u8; // read, write; shared, populate
        if block as isize == -1 { return fail(format!("mapping the block: {}", Error::last_os_error())) }
        let (at, words) = (|i: usize| unsafe { *(block.add(i) as *const u64) } as usize, (slots + 63) / 64);
        Ok(Writer {
            socket, block, bytes, slots, back: 0, last: 1, middle: at(88),
            news: [0, 1, 2].map(|b| at(48) + b * at(56)), values: [0, 1, 2].map(|b| at(64) + b * at(72)),
            set: vec![0; words], stale: [vec![0; words], vec![0; words], vec![0; words]],
            any: false, has: [false; 3], commits: 0, looked: Instant::now(), gone: false, of: std::marker::PhantomData,
        })
    }

    fn word(&self, at: usize) -> &AtomicU32 { unsafe { &*(self.block.add(at) as *const AtomicU32) } }
    fn value(&self, b: usize, i: usize) -> *mut T { unsafe { (self.block.add(self.values[b]) as *mut T).add(i) } }

    /// The arena index of slot 0 in the viewer.
    pub fn index(&self) -> u64 { unsafe { *(self.block.add(40) as *const u64) } }

    /// With SEED, the values that the viewer shows; None without it, and after the first commit.
    pub fn seeded(&self) -> Option<&[T]> {
        let seeded = self.commits == 0 && unsafe { *self.block.add(36) } != 0;
        seeded.then(|| unsafe { slice::from_raw_parts(self.value(0, 0), self.slots) })
    }

    /// Lends the n slots from `first` on, for you to fill all of them before the next commit. What they hold before is
    /// undefined. It panics if there are no such slots.
    pub fn stage(&mut self, first: usize, n: usize) -> &mut [T] {
        let end = first.checked_add(n).filter(|&end| end <= self.slots);
        let end = end.unwrap_or_else(|| panic!("slotstream: no {n} slots from {first} on: there are {}", self.slots));
        let mut i = first;
        while i < end {
            let k = (64 - i % 64).min(end - i);
            self.set[i / 64] |= u64::MAX >> (64 - k) << (i % 64);
            i += k;
        }
        self.any |= n > 0;
        unsafe { slice::from_raw_parts_mut(self.value(self.back, first), n) }
    }

    /// Copies a value to slot i, for the next commit. It panics if there is no such slot.
    pub fn set(&mut self, i: usize, value: T) { self.stage(i, 1)[0] = value }

    /// Shows what was staged and set since the last commit, as a tick of that number and time on the simulation's clock.
    /// Returns false once the viewer has ended, which it notices within half a second: open again then.
    pub fn commit(&mut self, number: u64, time_ns: i64) -> bool {
        let (b, last, block, places) = (self.back, self.last, self.block, self.news);
        let carry = self.has[last] && self.word(self.middle).load(Ordering::Acquire) & 4 != 0; // G1
        for k in 0..if self.any || carry || self.has[b] { self.set.len() } else { 0 } {
            let news = |b: usize| unsafe { (block.add(places[b]) as *mut u64).add(k) };
            let set = mem::take(&mut self.set[k]);
            let carried = if carry { unsafe { *news(last) & !set } } else { 0 };
            let mut late = carried & self.stale[b][k];
            unsafe { *news(b) = set | carried } // G2
            self.stale[b][k] &= !(set | late);
            while late != 0 { // G3
                let i = 64 * k + late.trailing_zeros() as usize;
                unsafe { ptr::copy_nonoverlapping(self.value(last, i), self.value(b, i), 1) }
                late &= late - 1;
            }
            self.stale[(b + 1) % 3][k] |= set;
            self.stale[(b + 2) % 3][k] |= set;
        }
        self.has[b] = mem::take(&mut self.any) || carry;
        unsafe { *(self.block.add(320 + 64 * b) as *mut [u64; 2]) = [number, time_ns as u64] }
        self.last = b;
        self.back = (self.word(self.middle).swap(b as u32 | 4, Ordering::AcqRel) & 3) as usize; // G4
        self.commits += 1;
        if self.word(256).load(Ordering::Relaxed) == 0 && self.looked.elapsed() < Duration::from_millis(250) { return !self.gone }
        self.alive()
    }

    /// Forgets what was staged and set since the last commit: for a tick that failed half-way.
    pub fn discard(&mut self) {
        for (stale, set) in self.stale[self.back].iter_mut().zip(&mut self.set) { *stale |= mem::take(set) }
        self.any = false;
    }

    /// Whether the viewer still shows this writer. It is a system call.
    pub fn alive(&mut self) -> bool {
        self.looked = Instant::now();
        let mut byte = 0u8;
        const PEEK_DONTWAIT: c_int = 0x2 | 0x40;
        let got = unsafe { recv(self.socket.as_raw_fd(), (&mut byte as *mut u8).cast(), 1, PEEK_DONTWAIT) };
        let lives = got < 0 && matches!(Error::last_os_error().kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted);
        self.gone |= !lives || self.word(256).load(Ordering::Acquire) != 0;
        !self.gone
    }
}

impl<T: Copy> Drop for Writer<T> {
    /// Says goodbye. The last commit stays in the view, unless FREE was given.
    fn drop(&mut self) {
        let _ = self.socket.write_all(&[1, 0, 0, 0, 0, 0, 0, 0]);
        unsafe { munmap(self.block.cast(), self.bytes) };
    }
}
