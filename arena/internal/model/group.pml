/*
 * Whole ticks: groups of slots, their committers, and the reader. Steps have the
 * numbers of the package comment of arena. Run by verify_test.go.
 *
 * Go's atomics are single steps. Everything else belongs to whoever has the
 * buffer, which is asserted, so that its steps need no order but the program's.
 *
 * SCENE 1: a group of two slots; its committer sets any of them, N times.
 * SCENE 2: two groups of one slot, whose bits share a word.
 * SCENE 3: a group's slot is allocated over its previous occupant, committed to,
 *          freed by somebody else at any time, and taken by a plain slot.
 * Each mutation breaks one rule and must fail.
 */
#if SCENE == 1
#define G 1 /* groups */
#define S 2 /* slots of each */
#define N 4 /* commits of each */
#define M 2 /* Descends, before the last */
#elif SCENE == 2
#define G 2
#define S 1
#define N 2
#define M 2
#else
#define G 1
#define S 1
#define N 2
#define M 2
#endif
#define FRESH 4
#define B(g, b)    ((g)*3 + (b))
#define V(g, b, s) (B(g, b)*S + (s))

byte word;             /* bit g: group g may have a fresh commit */
byte state[G];         /* the middle buffer, and FRESH */
byte values[G*3*S];
byte news[G*3];        /* bits */
byte stale[G*3];       /* bits; the committer's */
byte tick[G*3];
byte back[G], last[G]; /* the committer's */
byte front[G];         /* the reader's */
byte mirror[G*S], shown[G];

byte due[G*(N+1)*S];   /* what commit k is to show of a slot */
byte returned[G];      /* commits that have returned */
byte running = G;      /* committers, and in scene 3 who frees */

/* Whoever writes a buffer has it alone. */
inline alone(g, b) { assert(b != front[g] && b != (state[g] & 3)) }

inline mark(g) {
	if
	:: (word & (1 << g)) == 0 ->
#ifdef MARK_STORE
		old = word; word = old | (1 << g)
#else
		word = word | (1 << g)
#endif
	:: else
	fi
}

/* Sets any of the slots to k, and commits. */
inline commit(g, k) {
	d = 0; s = 0;
	do
	:: s < S ->
		if
		:: true ->
			alone(g, back[g]);
			values[V(g, back[g], s)] = k; d = d | (1 << s);
			due[(g*(N+1) + k)*S + s] = k
		:: due[(g*(N+1) + k)*S + s] = due[(g*(N+1) + k-1)*S + s]
		fi;
		s++
	:: else -> break
	od;
	carry = (state[g] & FRESH) != 0;                       /* step G1 */
#ifdef NO_CARRY
	carry = false;
#endif
	news[B(g, back[g])] = d;                               /* step G2 */
	stale[B(g, back[g])] = stale[B(g, back[g])] & ~d;
	if
	:: carry ->
		news[B(g, back[g])] = d | news[B(g, last[g])];
		s = 0;
		do                                             /* step G3 */
		:: s < S ->
			if
			:: (news[B(g, last[g])] & stale[B(g, back[g])] & ~d & (1 << s)) ->
#ifndef NO_CATCHUP
				alone(g, back[g]);
				values[V(g, back[g], s)] = values[V(g, last[g], s)];
				stale[B(g, back[g])] = stale[B(g, back[g])] & ~(1 << s)
#else
				skip
#endif
			:: else
			fi;
			s++
		:: else -> break
		od
	:: else
	fi;
	s = 0;
	d_step {
		stale[B(g, (back[g]+1)%3)] = stale[B(g, (back[g]+1)%3)] | d;
		stale[B(g, (back[g]+2)%3)] = stale[B(g, (back[g]+2)%3)] | d;
		d = 0
	};
	tick[B(g, back[g])] = k;
#ifdef MARK_FIRST
	mark(g);
#endif
	atomic {                                               /* step G4 */
		old = state[g];
#ifdef FRESH_LOST
		state[g] = back[g];
#else
		state[g] = back[g] | FRESH;
#endif
		last[g] = back[g]; back[g] = old & 3
	};
#ifndef MARK_FIRST
	mark(g);                                               /* step G5 */
#endif
	atomic { returned[g] = k; old = 0; carry = false }
}

proctype Committer(byte g) {
	byte d, s, k = 1, old; bool carry;
	do
	:: k <= N -> commit(g, k); k++
	:: else -> break
	od;
	running--
}

/* The chunk of scene 3, a slot that Go's atomics write. */
#define BEFORE  40 /* values that are not commits' */
#define INITIAL 50
#define HIDDEN  60
#define PLAIN   70
byte ver, val, gen = 1, seen, seenGen = 1; bool dirty, again;
byte published; /* the last value that a publish has returned of */
bool allocated, closed, gone; /* gone: Free has returned */

inline publish(x) {
	ver++;
	if :: !dirty -> dirty = true :: else fi;
	if :: x == HIDDEN -> gen++ :: else fi;
	val = x;
	ver++;
	published = x
}

proctype Owner() {
	byte d, s, k = 1, old; bool carry;
	publish(HIDDEN);  /* the previous occupant is freed */
	publish(INITIAL); /* AllocSpan */
	allocated = true;
	do
	:: k <= N -> commit(0, k); k++
	:: else -> break
	od;
	running--
}

proctype Freer() {
	allocated;
	if
	:: true
	:: true ->
#ifdef CLOSE_LATE
		publish(HIDDEN); closed = true;
#else
		closed = true; publish(HIDDEN);
#endif
		gone = true;
		if
		:: true
		:: publish(PLAIN)
		fi
	fi;
	running--
}

inline scan() {
#if SCENE == 3
	atomic { was = dirty; dirty = false };
	if
	:: was || again ->
		again = false;
		x = ver;
		if
		:: x == seen
		:: x != seen && (x & 1) -> again = true
		:: x != seen && !(x & 1) ->
			g = gen; y = val;
			if
			:: ver == x -> mirror[0] = y; seen = x; seenGen = g
			:: else -> again = true
			fi
		fi;
		if
		:: again ->
			g = gen;
			if :: g != seenGen -> mirror[0] = HIDDEN; seenGen = g :: else fi
		:: else
		fi
	:: else
	fi;
#endif
	x = 0; y = 0
}

inline take() {
#ifdef LOOK_FIRST
	w = word; took = 0; g = 0;
	do
	:: g < G -> if :: (w & (1 << g)) && (state[g] & FRESH) -> took = took | (1 << g) :: else fi; g++
	:: else -> break
	od;
	word = 0;
	w = took; took = 0;
#else
	atomic { w = word; word = 0 };                         /* step G6 */
#endif
	g = 0;
	do
	:: g < G ->
		if
		:: (w & (1 << g)) && (state[g] & FRESH) ->     /* step G7 */
#ifdef TAKE_TORN
			old = state[g]; x = front[g]; front[g] = old & 3; state[g] = x; x = 0;
#elif defined(KEEP_FRONT)
			old = front[g]; state[g] = front[g];
#else
			atomic { old = state[g]; state[g] = front[g]; front[g] = old & 3 };
#endif
			took = took | (1 << g);
			shown[g] = tick[B(g, front[g])]
		:: else
		fi;
		g++
	:: else -> break
	od;
	atomic { old = 0; w = 0; g = 0 }
}

inline apply() {
	g = 0;
	do
	:: g < G ->
		if
#ifndef APPLY_CLOSED
		:: closed
#endif
		:: (took & (1 << g)) &&
#ifndef APPLY_CLOSED
			!closed
#else
			true
#endif
			->
			s = 0;
			do                                     /* step G8 */
			:: s < S ->
				if
				:: (news[B(g, front[g])] & (1 << s)) -> mirror[g*S + s] = values[V(g, front[g], s)]
				:: else
				fi;
				s++
			:: else -> break
			od
		:: else
		fi;
		g++
	:: else -> break
	od;
	took = 0; s = 0; g = 0
}

inline descend() {
	g = 0;
	do :: g < G -> began[g] = returned[g]; g++ :: else -> break od;
	had = allocated; lost = gone;
#ifdef TAKE_LATE
	scan(); take();
#else
	take(); scan();
#endif
	apply();
	g = 0;
	do
	:: g < G ->
		assert(shown[g] >= began[g]); began[g] = 0; /* the newest that was complete, or a later one */
#if SCENE != 3
		s = 0;
		do
		:: s < S -> assert(mirror[g*S + s] == due[(g*(N+1) + shown[g])*S + s]); s++
		:: else -> break
		od;
#endif
		g++
	:: else -> break
	od;
#if SCENE == 3
	assert(!had || (mirror[0] != 0 && mirror[0] != BEFORE)); /* never the previous occupant */
	assert(!lost || mirror[0] == HIDDEN || mirror[0] == PLAIN); /* freed, it shows no commit */
#endif
	atomic { had = false; lost = false; was = false; s = 0; g = 0 }
}

proctype Reader() {
	byte n, g, s, w, old, x, y, took; byte began[G]; bool was, lost, had, end;
	do
	:: end = (running == 0);
		descend();
		if
		:: end -> break
		:: else -> n++; if :: n == M -> running == 0 :: else fi
		fi
	od;
	g = 0;
	do
	:: g < G -> assert(shown[g] == N); g++
	:: else -> break
	od;
#if SCENE == 3
	if
	:: gone -> assert(mirror[0] == published)
	:: else -> assert(mirror[0] == (due[N] -> due[N] : INITIAL))
	fi
#endif
}

init {
	byte g;
	atomic {
		do
		:: g < G -> state[g] = 1; last[g] = 1; front[g] = 2; g++
		:: else -> break
		od;
		mirror[0] = (SCENE == 3 -> BEFORE : 0);
		run Reader();
#if SCENE == 1
		run Committer(0)
#elif SCENE == 2
		run Committer(0); run Committer(1)
#else
		running = 2; run Owner(); run Freer()
#endif
	}
}
