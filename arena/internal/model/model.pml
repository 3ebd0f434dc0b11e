/*
 * The arena's protocol for one slot of one chunk, with a payload of two words.
 * Steps have the numbers of the package comment of arena. Run by verify_test.go.
 *
 * Go's atomics are single steps on mem. Plain stores of the assembly go through
 * a first-in, first-out store buffer per writer, as on amd64: Drain moves them to
 * mem at any time later; locked instructions wait until the buffer is empty.
 *
 * SCENE chooses who takes part. Each mutation breaks one rule and must fail.
 */
#ifdef PLAIN_EVEN_THEN_MARK /* test-before-OR after a plain even store; alone, looking again saves it */
#define MARK_AFTER
#define FORGET_TORN
#endif
#ifdef STALE_EXIT_UNMARKED /* the mark of a version that a stale handle made odd may be gone, and nobody looks again */
#define GENERATION_INSIDE
#define FORGET_TORN
#endif

#define VER 0
#define GEN 1
#define W0  2
#define W1  3
#define BIT 4
byte mem[5];

#define FIRST  1 /* payloads */
#define HIDDEN 7
#define STALE  9
#define OWNER  20

chan buf[2] = [6] of { byte, byte };
#define PLAIN(p, a, v) buf[p]!a,v
#define FENCE(p)       (len(buf[p]) == 0)

byte running;   /* writers under way */
bool published; /* Alloc of generation 2 has returned */

proctype Drain(byte p) {
	byte a, v;
end:	do
	:: atomic { buf[p]?a,v -> mem[a] = v; a = 0; v = 0 }
	od
}

/* Step 3: test before OR; behind a full barrier unless a mutation says otherwise. */
inline mark(p) {
	if
	:: mem[BIT] == 0 -> atomic { FENCE(p) -> mem[BIT] = 1 }
	:: else
	fi
}

/* Steps 1 and 2: ok is false if the generation is over. A version that this
 * writer has just stored is read from its own buffer. */
inline enter(p, gen, v, mine, ok) {
	ok = true;
	do
	::
#ifdef GENERATION_FIRST
		if :: mem[GEN] != gen -> ok = false; break :: else fi;
#endif
		atomic { if :: len(buf[p]) > 0 -> v = mine :: else -> v = mem[VER] fi };
#if !defined(GENERATION_FIRST) && !defined(GENERATION_INSIDE)
		if :: mem[GEN] != gen -> ok = false; break :: else fi;
#endif
#ifdef MARK_FIRST
		mark(p);
#endif
		if
		:: v & 1 -> (mem[VER] & 1) == 0 /* wait, and try again */
		:: else ->
			atomic {
				FENCE(p) ->
				if :: mem[VER] == v -> mem[VER] = v + 1; break :: else fi
			}
		fi
	od;
#if !defined(MARK_FIRST) && !defined(MARK_AFTER)
	if :: ok -> mark(p) :: else fi;
#endif
#ifdef GENERATION_INSIDE
	if
	:: mem[GEN] != gen -> ok = false; PLAIN(p, VER, v + 2); mine = v + 2
	:: else
	fi;
#endif
}

inline payload(p, x) { PLAIN(p, W0, x); PLAIN(p, W1, x) }

/* Slot.Store, n times. */
proctype Writer(byte p; byte gen; byte x; byte n) {
	byte v, mine; bool ok;
	do
	:: n > 0 ->
		enter(p, gen, v, mine, ok);
		if
		:: ok ->
			payload(p, x);                  /* step 4 */
			mine = v + 2; PLAIN(p, VER, mine); /* step 5 */
#ifdef MARK_AFTER
			mark(p);
#endif
			x++
		:: else
		fi;
		n--
	:: else -> break
	od;
	FENCE(p); running--
}

/* Span.Set, twice, and Flush. */
inline sets(p, v, x) {
	PLAIN(p, VER, v + 1); payload(p, x);     v = v + 2; PLAIN(p, VER, v);
	PLAIN(p, VER, v + 1); payload(p, x + 1); v = v + 2; PLAIN(p, VER, v);
#ifndef FLUSH_WITHOUT_BARRIER
	FENCE(p);
#endif
	mark(p)
}

proctype SpanWriter(byte p) {
	byte v = 2;
	sets(p, v, OWNER);
	FENCE(p); running--
}

/* Free, Alloc, and then the life of the new occupant. These are Go's atomics. */
proctype Owner(byte p) {
	byte v, mine; bool ok;
	enter(p, 1, v, mine, ok);
	assert(ok);
#ifdef GENERATION_OUTSIDE
	mem[W0] = HIDDEN; mem[W1] = HIDDEN; mem[VER] = v + 2;
	mem[GEN] = 2;
#else
	mem[GEN] = 2;
	mem[W0] = HIDDEN; mem[W1] = HIDDEN; mem[VER] = v + 2;
#endif
#ifdef MARK_AFTER
	mark(p);
#endif
	enter(p, 2, v, mine, ok);
	assert(ok);
	mem[W0] = OWNER; mem[W1] = OWNER; mem[VER] = v + 2;
#ifdef MARK_AFTER
	mark(p);
#endif
	published = true;
	v = v + 2;
#if SCENE == 2
	sets(p, v, OWNER + 1);
	FENCE(p);
	assert(mem[W0] == OWNER + 2);
#endif
	running--
}

/* Somebody marks the chunk for another slot's sake. */
proctype Neighbour() { mem[BIT] = 1; running-- }

byte m0, m1, seen, seenGen; bool again; /* the reader's: mirror and what it shows */

inline torn() {
#ifndef FORGET_TORN
	again = true;
#endif
	g = mem[GEN];
	if :: g != seenGen -> m0 = HIDDEN; m1 = HIDDEN; seenGen = g :: else fi
}

inline look() {
	again = false;
	v = mem[VER];                                   /* step 7 */
	if
	:: v == seen
	:: v != seen && (v & 1) -> torn()
	:: v != seen && !(v & 1) ->
		g = mem[GEN]; c0 = mem[W0]; c1 = mem[W1]; /* step 8 */
		if
#ifndef ACCEPT_UNCHECKED
		:: mem[VER] != v -> torn()
#endif
		:: else ->                              /* step 9 */
			assert(c0 == c1);               /* nothing torn is accepted */
			assert(!(g == 2 && c0 == STALE)); /* no stale write lands */
			m0 = c0; m1 = c1; seen = v; seenGen = g
		fi
	fi;
	v = 0; g = 0; c0 = 0; c1 = 0
}

inline descend() {
	was = published;
#ifdef READ_FIRST
	news = mem[BIT];
	if :: news || again -> look() :: else fi;
	mem[BIT] = 0;
#else
	atomic { news = mem[BIT]; mem[BIT] = 0 };        /* step 6 */
	if :: news || again -> look() :: else fi;
#endif
	assert(!was || seenGen == 2)                    /* never the previous occupant's value */
}

proctype Reader() {
	byte v, g, c0, c1; bool news, was;
	descend(); descend();
	running == 0 && len(buf[0]) == 0 && len(buf[1]) == 0;
	descend();
	assert(m0 == mem[W0] && m1 == mem[W1] && m0 == m1); /* nothing is lost */
#if SCENE == 2
	assert(m0 == OWNER + 2)
#elif SCENE == 3
	assert(m0 == OWNER)
#endif
}

init {
	atomic {
		mem[VER] = 2; mem[GEN] = 1; mem[W0] = FIRST; mem[W1] = FIRST; mem[BIT] = 1;
		run Drain(0); run Drain(1); run Reader();
#if SCENE == 1      /* two writers on one slot */
		running = 2; run Writer(0, 1, 3, 2); run Writer(1, 1, 5, 1)
#elif SCENE == 2    /* a stale handle; the next occupant is a span */
		running = 2; run Owner(0); run Writer(1, 1, STALE, 1)
#elif SCENE == 3    /* a stale handle; the next occupant is a slot */
		running = 3; run Owner(0); run Writer(1, 1, STALE, 1); run Neighbour()
#elif SCENE == 4    /* a span, while the chunk is marked for another slot */
		running = 2; run SpanWriter(0); run Neighbour()
#endif
	}
}
