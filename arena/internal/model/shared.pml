/*
 * Writers in other processes (arena/shared): a writer's block, its death at any instruction, and the next writer, which
 * has a block of its own. Steps have the numbers of arena's package comment. Run by verify_test.go.
 *
 * Writer 0 dies at any step, or is given up and goes on writing all the same. Then writer 1 joins; it commits before a
 * Descend has attached its block, unless it wants the seed. A value is stored, and read, in two halves. The exchanges
 * are single steps. Everything else of a buffer belongs to the side that has it; arena/shared's package comment argues
 * why its plain stores are visible, in order, to the side that gets the buffer next, so there are no store buffers here.
 *
 * SCENE 1: one slot, two commits of writer 0 and one of writer 1. SCENE 2: the other way round. SCENE 3: two slots, one
 * commit of each. SCENE 4: one slot, three commits of writer 0, which ends in peace, and one of writer 1.
 * Each mutation breaks one rule and must fail.
 */
#if SCENE == 1
#define S 1
#define COMMITS(w) (2 - (w))
#elif SCENE == 2
#define S 1
#define COMMITS(w) (1 + (w))
#elif SCENE == 3
#define S 2
#define COMMITS(w) 1
#else
#define S 1
#define COMMITS(w) (3 - 2*(w))
#endif
#define N 3 /* the most */
#define FRESH 4
#ifdef REUSE /* both writers have one block */
#define X(w, b) (b)
#define MIDDLE(w) 0
#else
#define X(w, b) ((w)*3 + (b))
#define MIDDLE(w) (w)
#endif
#define V(w, b, s) (X(w, b)*S + (s))
#define DUE(w, k, s) due[((w)*(N+1) + (k))*S + (s)]
#define VALUE(w, k) ((k) + 100*(w))

byte middle[2];
byte lo[2*3*S], hi[2*3*S]; /* values */
byte news[2*3], tick[2*3]; /* go with the buffers */
byte due[2*(N+1)*S];       /* what writer w has set in a slot by its commit k; 0: nothing */
byte committed[2];         /* the last commit of w that has returned */
byte atDeath;              /* committed[0] when writer 0 died or was given up */
byte mirror[S], shown[2];
byte next = 2;             /* the writer whose block waits for a Descend; 2: none */
byte attached = 2;         /* the writer whose block is looked at */
byte seeded[S];            /* what the seed said */
bool dead, over, seed;

#define DIE d_step { dead = true; atDeath = committed[0] }

/* Writer 0 may be dead from here on, and may go on all the same. */
#if SCENE == 4
#define MORTAL skip
#else
#define MORTAL if :: true :: me == 0 && !dead -> DIE :: me == 0 && !dead -> DIE; goto grave fi
#endif

proctype Writer(byte me) {
	byte back = 0, last = 1, s, d, k, old; byte stale[3]; bool carry;
	if
	:: me == 1 ->
		(dead && next == 2); /* a join waits while the block before waits for a Descend */
		if :: seed = true :: skip fi
	:: else
	fi;
	next = me;
	if
	:: me == 1 && seed ->
		(attached == 1);
		s = 0;
		do :: s < S -> assert(lo[V(1, 0, s)] == hi[V(1, 0, s)]); seeded[s] = lo[V(1, 0, s)]; s++ :: else -> break od
	:: else
	fi;
	do
	:: k < COMMITS(me) ->
		k++; d = 0; s = 0;
		do
		:: s < S ->
			if
			:: true ->
				d = d | (1 << s); DUE(me, k, s) = VALUE(me, k);
				lo[V(me, back, s)] = VALUE(me, k); MORTAL;
				hi[V(me, back, s)] = VALUE(me, k)
			:: DUE(me, k, s) = DUE(me, k-1, s)
			fi;
			s++
		:: else -> break
		od;
		carry = (middle[MIDDLE(me)] & FRESH) != 0;                              /* G1 */
#ifdef NO_CARRY
		carry = false;
#endif
		news[X(me, back)] = d | (carry -> news[X(me, last)] : 0);               /* G2 */
		MORTAL;
		stale[back] = stale[back] & ~d;
		s = 0;
		do
		:: s < S ->
			if
			:: carry && (news[X(me, last)] & stale[back] & ~d & (1 << s)) ->    /* G3 */
				lo[V(me, back, s)] = lo[V(me, last, s)]; MORTAL;
				hi[V(me, back, s)] = hi[V(me, last, s)];
				stale[back] = stale[back] & ~(1 << s)
			:: else
			fi;
			s++
		:: else -> break
		od;
		s = 0;
		d_step {
			stale[(back+1)%3] = stale[(back+1)%3] | d;
			stale[(back+2)%3] = stale[(back+2)%3] | d;
			d = 0
		};
		tick[X(me, back)] = k; MORTAL;
#ifdef PLAIN
		old = middle[MIDDLE(me)];
		middle[MIDDLE(me)] = back | FRESH;
		last = back; back = old & 3;
#else
		atomic { old = middle[MIDDLE(me)]; middle[MIDDLE(me)] = back | FRESH; last = back; back = old & 3; old = 0 } /* G4 */
#endif
		MORTAL;
		committed[me] = k
	:: else -> break
	od;
grave:
	if
	:: me == 1 -> over = true
	:: me == 0 && !dead -> DIE
	:: else
	fi
}

/* take looks at w's block, and brings a fresh commit into the mirror. */
inline take(w) {
	if
	:: middle[MIDDLE(w)] & FRESH ->
		atomic { b = middle[MIDDLE(w)] & 3; middle[MIDDLE(w)] = front; front = b }; /* G7 */
		s = 0;
		do                                                                      /* G8 */
		:: s < S ->
			if
			:: news[X(w, front)] & (1 << s) ->
				i = lo[V(w, front, s)];
				assert(i == hi[V(w, front, s)]);     /* never half a value */
				mirror[s] = i
			:: else
			fi;
			s++
		:: else -> break
		od;
		assert(tick[X(w, front)] > shown[w]);            /* never backward */
		shown[w] = tick[X(w, front)]
	:: else
	fi;
	s = 0; i = 0
}

inline fill() { /* the seed of the block that waits */
	s = 0;
	do :: s < S -> lo[V(to, 0, s)] = mirror[s]; hi[V(to, 0, s)] = mirror[s]; s++ :: else -> break od;
	s = 0
}

proctype Reader() {
	byte front = 2, to, s, before0, before1, i, b, k; bool end;
	do
	:: end = over;
		before0 = committed[0]; before1 = committed[1];
		to = next;
		if :: to < 2 && attached < 2 -> k = atDeath :: else -> k = 0 fi;
#ifdef SEED_EARLY
		if :: to == 1 && seed -> fill() :: else fi;
#endif
#ifdef DETACH_EARLY
		if :: attached < 2 && to == 2 -> take(attached) :: else fi;
#else
		if :: attached < 2 -> take(attached) :: else fi;
#endif
		if
		:: to < 2 ->
#ifndef SEED_EARLY
			if :: to == 1 && seed -> fill() :: else fi;
#endif
			front = 2;
			attached = to; next = 2;
#ifndef LATE_LOOK
			take(attached)
#endif
		:: else
		fi;
		/* Nothing is lost: the newest commit that was complete as this Descend began shows, and of a writer whose
		 * block was taken over, the newest that was complete as it ended. */
		assert(shown[0] >= k);
		if
		:: attached == 0 -> assert(shown[0] >= before0)
		:: attached == 1 -> assert(shown[1] >= before1)
		:: else
		fi;
		s = 0;
		do
		:: s < S -> /* whole ticks */
			i = (shown[1] > 0 -> DUE(1, shown[1], s) : 0);
			assert(mirror[s] == (i > 0 -> i : (shown[0] > 0 -> DUE(0, shown[0], s) : 0)));
			if
			:: attached == 1 && seed && seeded[s] > 0 -> assert(seeded[s] == DUE(0, shown[0], s))
			:: else
			fi;
			s++
		:: else -> break
		od;
		atomic { b = 0; s = 0; i = 0; k = 0; before0 = 0; before1 = 0; to = 0 };
		if :: end -> break :: else fi
	od;
	assert(shown[1] == COMMITS(1))
}

init { atomic { middle[0] = 1; middle[1] = 1; run Reader(); run Writer(0); run Writer(1) } }
