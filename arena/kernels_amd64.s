//go:build !race && !purego

#include "go_asm.h"
#include "textflag.h"

// Steps have the numbers of the package comment. Slots of 64 bytes are loaded into
// registers before their version goes odd (writers), or before the version is looked
// at again (the reader); others have their first and last bytes touched, or go
// through scratch memory. So a value that cannot be read faults while its slot's
// version is even.

#define LOAD(p) \
	MOVOU 0(p), X0; \
	MOVOU 16(p), X1; \
	MOVOU 32(p), X2; \
	MOVOU 48(p), X3

#define STORE(p) \
	MOVOU X0, 0(p); \
	MOVOU X1, 16(p); \
	MOVOU X2, 32(p); \
	MOVOU X3, 48(p)

// COPY moves n bytes, a multiple of 16, from the last to the first; n is 0 then.
#define COPY(src, dst, n, loop) \
loop: \
	MOVOU -16(src)(n*1), X0; \
	MOVOU X0, -16(dst)(n*1); \
	SUBQ $16, n; \
	JNZ  loop

// func storeKernel(c *chunk, at, gen uint32, v unsafe.Pointer) bool
TEXT ·storeKernel(SB), NOSPLIT, $0-25
	MOVQ c+0(FP), DI
	TESTQ DI, DI
	JZ   go                     // the zero Slot
	CMPB chunk_fast(DI), $0
	JE   go
	MOVL at+8(FP), CX
	MOVL gen+12(FP), DX
	MOVQ v+16(FP), SI
	MOVQ chunk_size(DI), BX
	CMPQ BX, $64
	JNE  touch
	LOAD(SI)
loaded:
	MOVQ chunk_versions(DI), R8
	LEAQ (R8)(CX*4), R8
	MOVQ chunk_gens(DI), R9
	MOVL (R8), AX               // steps 1 and 2, in this order: see chunk.enter
	CMPL (R9)(CX*4), DX
	JNE  stale
	TESTL $1, AX
	JNZ  go
	LEAL 1(AX), R10
	LOCK
	CMPXCHGL R10, (R8)          // step 3
	JNE  go
	MOVQ chunk_dirty(DI), R11
	MOVQ chunk_bit(DI), R12
	TESTQ R12, (R11)            // after the exchange, a full barrier: see chunk.mark
	JZ   mark
marked:
	CMPQ BX, $64                // step 4
	JNE  copy
	SHLQ $6, CX
	ADDQ chunk_values(DI), CX
	STORE(CX)
written:
	INCL R10
	MOVL R10, (R8)              // step 5
	MOVB $1, ret+24(FP)
	RET
touch:
	MOVL (SI), AX
	MOVL -4(SI)(BX*1), AX
	JMP  loaded
copy:
	IMULQ BX, CX
	ADDQ chunk_values(DI), CX
	COPY(SI, CX, BX, loop)
	JMP  written
mark:
	LOCK
	ORQ  R12, (R11)
	JMP  marked
stale:
	MOVB $0, ret+24(FP)
	RET
go:
	JMP  ·storeGo(SB)

// func setKernel(s *span, i int, v unsafe.Pointer) bool
TEXT ·setKernel(SB), NOSPLIT, $0-25
	MOVQ s+0(FP), DI
	MOVQ i+8(FP), AX
	MOVQ v+16(FP), SI
	MOVQ span_now(DI), R8
	MOVL span_gen(DI), R9
	CMPL (R8), R9
	JNE  stale
	ADDQ span_at(DI), AX
	MOVQ span_shift(DI), CX
	MOVQ AX, R10
	SHRQ CX, R10
	SHLQ $4, R10
	ADDQ span_parts(DI), R10
	MOVQ part_chunk(R10), DX
	CMPB chunk_fast(DX), $0
	JE   go
	MOVL $1, R11
	SHLQ CX, R11
	DECQ R11
	ANDQ R11, AX
	MOVQ chunk_versions(DX), R8
	LEAQ (R8)(AX*4), R8
	MOVQ chunk_size(DX), BX
	CMPQ BX, $64
	JNE  other
	SHLQ $6, AX
	ADDQ chunk_values(DX), AX
	LOAD(SI)
	MOVB $1, part_touched(R10)
	MOVL (R8), R9
	INCL R9
	MOVL R9, (R8)
	STORE(AX)
	INCL R9
	MOVL R9, (R8)
	MOVB $1, ret+24(FP)
	RET
other:
	MOVL (SI), R9
	MOVL -4(SI)(BX*1), R9
	IMULQ BX, AX
	ADDQ chunk_values(DX), AX
	MOVB $1, part_touched(R10)
	MOVL (R8), R9
	INCL R9
	MOVL R9, (R8)
	COPY(SI, AX, BX, loop)
	INCL R9
	MOVL R9, (R8)
	MOVB $1, ret+24(FP)
	RET
stale:
	MOVB $0, ret+24(FP)
	RET
go:
	JMP  ·setGo(SB)

// The two forms of setRange share their frame: slots one by one until the
// version's address suits a vector, then groups, then the rest one by one.
// R8 version, R9 slot, SI value, BX how many are left, R10 size, R12 bytes of a
// group. A group spans two pages at most.

#define RANGE(shift) \
	MOVQ chunk_size(DI), R10; \
	MOVQ chunk_versions(DI), R8; \
	LEAQ (R8)(AX*4), R8; \
	IMULQ R10, AX; \
	MOVQ chunk_values(DI), R9; \
	ADDQ AX, R9; \
	MOVQ R10, R12; \
	SHLQ $shift, R12

#define TOUCH(n) \
	MOVL (SI), AX; \
	MOVL -4(SI)(n*1), AX

#define ONE(loop) \
	TOUCH(R10); \
	MOVL (R8), AX; \
	INCL AX; \
	MOVL AX, (R8); \
	MOVQ R10, CX; \
	COPY(SI, R9, CX, loop); \
	INCL AX; \
	MOVL AX, (R8); \
	ADDQ $4, R8; \
	ADDQ R10, R9; \
	ADDQ R10, SI; \
	DECQ BX

// func setRangeAVX2(c *chunk, at uint32, n int, vs unsafe.Pointer)
TEXT ·setRangeAVX2(SB), NOSPLIT, $0-32
	MOVQ c+0(FP), DI
	MOVL at+8(FP), AX
	MOVQ n+16(FP), BX
	MOVQ vs+24(FP), SI
	RANGE(3)
	VPCMPEQD Y4, Y4, Y4         // -1 in every lane: subtracting it steps a version
head:
	TESTQ BX, BX
	JZ   done
	TESTQ $31, R8
	JZ   groups
	ONE(first)
	JMP  head
groups:
	CMPQ BX, $8
	JLT  tail
	TOUCH(R12)
	VMOVDQA (R8), Y5
	VPSUBD Y4, Y5, Y5
	VMOVDQA Y5, (R8)
	XORL CX, CX
copy:
	VMOVDQU 0(SI)(CX*1), Y0
	VMOVDQU 32(SI)(CX*1), Y1
	VMOVDQU 64(SI)(CX*1), Y2
	VMOVDQU 96(SI)(CX*1), Y3
	VMOVDQU Y0, 0(R9)(CX*1)
	VMOVDQU Y1, 32(R9)(CX*1)
	VMOVDQU Y2, 64(R9)(CX*1)
	VMOVDQU Y3, 96(R9)(CX*1)
	ADDQ $128, CX
	CMPQ CX, R12
	JLT  copy
	VPSUBD Y4, Y5, Y5
	VMOVDQA Y5, (R8)
	ADDQ $32, R8
	ADDQ R12, R9
	ADDQ R12, SI
	SUBQ $8, BX
	JMP  groups
tail:
	TESTQ BX, BX
	JZ   done
	ONE(last)
	JMP  tail
done:
	VZEROUPPER
	RET

// func setRangeSSE2(c *chunk, at uint32, n int, vs unsafe.Pointer)
TEXT ·setRangeSSE2(SB), NOSPLIT, $0-32
	MOVQ c+0(FP), DI
	MOVL at+8(FP), AX
	MOVQ n+16(FP), BX
	MOVQ vs+24(FP), SI
	RANGE(2)
	PCMPEQL X4, X4
head:
	TESTQ BX, BX
	JZ   done
	TESTQ $15, R8
	JZ   groups
	ONE(first)
	JMP  head
groups:
	CMPQ BX, $4
	JLT  tail
	TOUCH(R12)
	MOVOA (R8), X5
	PSUBL X4, X5
	MOVOA X5, (R8)
	XORL CX, CX
copy:
	MOVOU 0(SI)(CX*1), X0
	MOVOU 16(SI)(CX*1), X1
	MOVOU 32(SI)(CX*1), X2
	MOVOU 48(SI)(CX*1), X3
	MOVOU X0, 0(R9)(CX*1)
	MOVOU X1, 16(R9)(CX*1)
	MOVOU X2, 32(R9)(CX*1)
	MOVOU X3, 48(R9)(CX*1)
	ADDQ $64, CX
	CMPQ CX, R12
	JLT  copy
	PSUBL X4, X5
	MOVOA X5, (R8)
	ADDQ $16, R8
	ADDQ R12, R9
	ADDQ R12, SI
	SUBQ $4, BX
	JMP  groups
tail:
	TESTQ BX, BX
	JZ   done
	ONE(last)
	JMP  tail
done:
	RET

// func compareAVX2(c *chunk, out *uint64, words int)
TEXT ·compareAVX2(SB), NOSPLIT, $0-24
	MOVQ c+0(FP), DI
	MOVQ out+8(FP), DX
	MOVQ words+16(FP), BX
	MOVQ chunk_versions(DI), R8
	MOVQ chunk_seen(DI), R9
word:
	VMOVDQA 0(R8), Y0
	VMOVDQA 32(R8), Y1
	VMOVDQA 64(R8), Y2
	VMOVDQA 96(R8), Y3
	VMOVDQA 128(R8), Y4
	VMOVDQA 160(R8), Y5
	VMOVDQA 192(R8), Y6
	VMOVDQA 224(R8), Y7
	VPCMPEQD 0(R9), Y0, Y0
	VPCMPEQD 32(R9), Y1, Y1
	VPCMPEQD 64(R9), Y2, Y2
	VPCMPEQD 96(R9), Y3, Y3
	VPCMPEQD 128(R9), Y4, Y4
	VPCMPEQD 160(R9), Y5, Y5
	VPCMPEQD 192(R9), Y6, Y6
	VPCMPEQD 224(R9), Y7, Y7
	VPAND Y0, Y1, Y8
	VPAND Y2, Y3, Y9
	VPAND Y4, Y5, Y10
	VPAND Y6, Y7, Y11
	VPAND Y8, Y9, Y8
	VPAND Y10, Y11, Y10
	VPAND Y8, Y10, Y8
	VPMOVMSKB Y8, AX
	NOTL AX
	TESTL AX, AX
	JZ   store                  // the usual word: nothing new, RAX is 0

	// Four vectors of 8 equal lanes narrow to one of 32 bytes: lanes leave
	// PACKSS in the order 0 2 4 6 1 3 5 7 of their groups of 4.
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPACKSSWB Y2, Y0, Y0
	VPACKSSDW Y5, Y4, Y4
	VPACKSSDW Y7, Y6, Y6
	VPACKSSWB Y6, Y4, Y4
	VMOVDQU lanes<>(SB), Y9
	VPERMD Y0, Y9, Y0
	VPERMD Y4, Y9, Y4
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y4, CX
	SHLQ $32, CX
	ORQ  CX, AX
	NOTQ AX
store:
	MOVQ AX, (DX)
	ADDQ $256, R8
	ADDQ $256, R9
	ADDQ $8, DX
	DECQ BX
	JNZ  word
	VZEROUPPER
	RET

DATA lanes<>+0(SB)/4, $0
DATA lanes<>+4(SB)/4, $4
DATA lanes<>+8(SB)/4, $1
DATA lanes<>+12(SB)/4, $5
DATA lanes<>+16(SB)/4, $2
DATA lanes<>+20(SB)/4, $6
DATA lanes<>+24(SB)/4, $3
DATA lanes<>+28(SB)/4, $7
GLOBL lanes<>(SB), RODATA|NOPTR, $32

// func compareSSE2(c *chunk, out *uint64, words int)
TEXT ·compareSSE2(SB), NOSPLIT, $0-24
	MOVQ c+0(FP), DI
	MOVQ out+8(FP), DX
	MOVQ words+16(FP), BX
	MOVQ chunk_versions(DI), R8
	MOVQ chunk_seen(DI), R9
word:
	XORQ AX, AX
	MOVQ $4, CX
sixteen:
	MOVOA 0(R8), X0
	MOVOA 16(R8), X1
	MOVOA 32(R8), X2
	MOVOA 48(R8), X3
	PCMPEQL 0(R9), X0
	PCMPEQL 16(R9), X1
	PCMPEQL 32(R9), X2
	PCMPEQL 48(R9), X3
	PACKSSLW X1, X0
	PACKSSLW X3, X2
	PACKSSWB X2, X0
	PMOVMSKB X0, SI
	SHLQ $48, SI                // 16 slots enter at the top
	SHRQ $16, AX
	ORQ  SI, AX
	ADDQ $64, R8
	ADDQ $64, R9
	DECQ CX
	JNZ  sixteen
	NOTQ AX
	MOVQ AX, (DX)
	ADDQ $8, DX
	DECQ BX
	JNZ  word
	RET

// The forms of take for 64 bytes share their frame. R8 versions, R9 gens, R10 seen, R11
// seenGen, R12 values, all at slot 64w; R13 mirror, BX mask, DX left.

#define TAKE \
	XORQ DX, DX; \
	SHLQ $8, CX; \
	MOVQ chunk_versions(DI), R8; \
	ADDQ CX, R8; \
	MOVQ chunk_gens(DI), R9; \
	ADDQ CX, R9; \
	MOVQ chunk_seen(DI), R10; \
	ADDQ CX, R10; \
	MOVQ chunk_seenGen(DI), R11; \
	ADDQ CX, R11; \
	SHLQ $4, CX; \
	MOVQ chunk_values(DI), R12; \
	ADDQ CX, R12

// The version, even; the generation, the mirror's.
#define CHECK /* steps 7 and 8 */ \
	MOVL (R8)(CX*4), AX; \
	TESTL $1, AX; \
	JNZ  leave; \
	MOVL (R9)(CX*4), DI; \
	CMPL (R11)(CX*4), DI; \
	JNE  leave; \
	MOVQ CX, SI; \
	SHLQ $6, SI

// CLAIM asks for mirror lines for writing before their slots come up, which an
// ordinary store does only when it leaves: PREFETCHW 2048+i(R13)(SI*1), which the
// assembler does not know. NOCLAIM is for stores that bypass the caches.
#define CLAIM(i) BYTE $0x41; BYTE $0x0F; BYTE $0x0D; BYTE $0x8C; BYTE $0x35; LONG $(2048+i)
#define NOCLAIM(i)

// Four slots move at once where all four are asked for, even, the mirror's
// occupants, and still the same version when their bytes are in registers; else
// slot by slot. X10 is 1 in every lane.

#define TAKEY(MOVE, CLAIM) \
	VPCMPEQD X10, X10, X10; \
	VPSRLD $31, X10, X10; \
next: \
	TZCNTQ BX, CX; \
	JC   done; \
	TESTL $3, CX; \
	JNZ  one; \
	MOVQ BX, SI; \
	SHRQ CX, SI; \
	ANDL $15, SI; \
	CMPL SI, $15; \
	JNE  one; \
	VMOVDQA (R8)(CX*4), X8; \
	VMOVDQA (R9)(CX*4), X9; \
	VPTEST X10, X8; \
	JNZ  one; \
	VPCMPEQD (R11)(CX*4), X9, X9; \
	MOVQ CX, SI; \
	SHLQ $6, SI; \
	PREFETCHT0 2048(R12)(SI*1); \
	PREFETCHT0 2112(R12)(SI*1); \
	PREFETCHT0 2176(R12)(SI*1); \
	PREFETCHT0 2240(R12)(SI*1); \
	CLAIM(0); \
	CLAIM(64); \
	CLAIM(128); \
	CLAIM(192); \
	VMOVDQU 0(R12)(SI*1), Y0; \
	VMOVDQU 32(R12)(SI*1), Y1; \
	VMOVDQU 64(R12)(SI*1), Y2; \
	VMOVDQU 96(R12)(SI*1), Y3; \
	VMOVDQU 128(R12)(SI*1), Y4; \
	VMOVDQU 160(R12)(SI*1), Y5; \
	VMOVDQU 192(R12)(SI*1), Y6; \
	VMOVDQU 224(R12)(SI*1), Y7; \
	VPCMPEQD (R8)(CX*4), X8, X11; \
	VPAND X9, X11, X11; \
	VMOVMSKPS X11, AX; \
	CMPL AX, $15; \
	JNE  one; \
	MOVE Y0, 0(R13)(SI*1); \
	MOVE Y1, 32(R13)(SI*1); \
	MOVE Y2, 64(R13)(SI*1); \
	MOVE Y3, 96(R13)(SI*1); \
	MOVE Y4, 128(R13)(SI*1); \
	MOVE Y5, 160(R13)(SI*1); \
	MOVE Y6, 192(R13)(SI*1); \
	MOVE Y7, 224(R13)(SI*1); \
	VMOVDQA X8, (R10)(CX*4); \
	MOVL $15, SI; \
	SHLQ CX, SI; \
	ANDNQ BX, SI, BX; \
	JMP  next; \
one: \
	BLSRQ BX, BX; \
	CHECK; \
	VMOVDQU 0(R12)(SI*1), Y0; \
	VMOVDQU 32(R12)(SI*1), Y1; \
	CMPL (R8)(CX*4), AX; \
	JNE  leave; \
	VMOVDQU Y0, 0(R13)(SI*1); \
	VMOVDQU Y1, 32(R13)(SI*1); \
	MOVL AX, (R10)(CX*4); \
	JMP  next; \
leave: \
	BTSQ CX, DX; \
	JMP  next; \
done:

// func takeAVX2(c *chunk, w int, mask uint64, mirror unsafe.Pointer) (left uint64)
TEXT ·takeAVX2(SB), NOSPLIT, $0-40
	MOVQ c+0(FP), DI
	MOVQ w+8(FP), CX
	MOVQ mask+16(FP), BX
	MOVQ mirror+24(FP), R13
	TAKE
	TAKEY(VMOVDQU, CLAIM)
	MOVQ DX, left+32(FP)
	VZEROUPPER
	RET

// func takeStream(c *chunk, w int, mask uint64, mirror unsafe.Pointer) (left uint64)
TEXT ·takeStream(SB), NOSPLIT, $0-40
	MOVQ c+0(FP), DI
	MOVQ w+8(FP), CX
	MOVQ mask+16(FP), BX
	MOVQ mirror+24(FP), R13
	TAKE
	TAKEY(VMOVNTDQ, NOCLAIM)
	MOVQ DX, left+32(FP)
	VZEROUPPER
	RET

// func takeSSE2(c *chunk, w int, mask uint64, mirror unsafe.Pointer) (left uint64)
TEXT ·takeSSE2(SB), NOSPLIT, $0-40
	MOVQ c+0(FP), DI
	MOVQ w+8(FP), CX
	MOVQ mask+16(FP), BX
	MOVQ mirror+24(FP), R13
	TAKE
next:
	BSFQ BX, CX
	JZ   done
	LEAQ -1(BX), SI
	ANDQ SI, BX
	CHECK
	MOVOU 0(R12)(SI*1), X0
	MOVOU 16(R12)(SI*1), X1
	MOVOU 32(R12)(SI*1), X2
	MOVOU 48(R12)(SI*1), X3
	CMPL (R8)(CX*4), AX
	JNE  leave
	MOVOU X0, 0(R13)(SI*1)
	MOVOU X1, 16(R13)(SI*1)
	MOVOU X2, 32(R13)(SI*1)
	MOVOU X3, 48(R13)(SI*1)
	MOVL AX, (R10)(CX*4)
	JMP  next
leave:
	BTSQ CX, DX
	JMP  next
done:
	MOVQ DX, left+32(FP)
	RET

// The forms of take for any size. R8 versions, R9 gens, R10 seen, R11 seenGen, R12
// values, all at slot 64w; R13 mirror, R14 scratch, R15 size, BX mask; left, in memory,
// is set at leave, where the macros end.

#define TAKEANY \
	MOVQ chunk_size(DI), R15; \
	MOVQ CX, SI; \
	SHLQ $8, CX; \
	MOVQ chunk_versions(DI), R8; \
	ADDQ CX, R8; \
	MOVQ chunk_gens(DI), R9; \
	ADDQ CX, R9; \
	MOVQ chunk_seen(DI), R10; \
	ADDQ CX, R10; \
	MOVQ chunk_seenGen(DI), R11; \
	ADDQ CX, R11; \
	SHLQ $6, SI; \
	IMULQ R15, SI; \
	MOVQ chunk_values(DI), R12; \
	ADDQ SI, R12

// ONEANY takes slot CX through scratch, or leaves it.
#define ONEANY(in, out) \
	MOVL (R8)(CX*4), AX; \
	TESTL $1, AX; \
	JNZ  leave; \
	MOVL (R9)(CX*4), DI; \
	CMPL (R11)(CX*4), DI; \
	JNE  leave; \
	MOVQ CX, SI; \
	IMULQ R15, SI; \
	LEAQ (R12)(SI*1), DI; \
	MOVQ R15, DX; \
	COPY(DI, R14, DX, in); \
	CMPL (R8)(CX*4), AX; \
	JNE  leave; \
	ADDQ R13, SI; \
	MOVQ R15, DX; \
	COPY(R14, SI, DX, out); \
	MOVL AX, (R10)(CX*4)

// CLAIMANY is CLAIM for PREFETCHW 2048+i(AX)(DI*1).
#define CLAIMANY(i) BYTE $0x0F; BYTE $0x0D; BYTE $0x8C; BYTE $0x38; LONG $(2048+i)

// EIGHT takes eight slots from CX on through scratch where all of them are even,
// the mirror's occupants, and still the same version once their bytes are there. Y10
// is 1 in every lane.
#define EIGHT(MOVE, CLAIM) \
	VMOVDQA (R8)(CX*4), Y8; \
	VMOVDQA (R9)(CX*4), Y9; \
	VPTEST Y10, Y8; \
	JNZ  one; \
	VPCMPEQD (R11)(CX*4), Y9, Y9; \
	LEAQ (R15*8), DX; \
	MOVQ CX, SI; \
	IMULQ R15, SI; \
	LEAQ (R12)(SI*1), AX; \
	XORL DI, DI; \
in: \
	PREFETCHT0 2048(AX)(DI*1); \
	PREFETCHT0 2112(AX)(DI*1); \
	VMOVDQU 0(AX)(DI*1), Y0; \
	VMOVDQU 32(AX)(DI*1), Y1; \
	VMOVDQU 64(AX)(DI*1), Y2; \
	VMOVDQU 96(AX)(DI*1), Y3; \
	VMOVDQA Y0, 0(R14)(DI*1); \
	VMOVDQA Y1, 32(R14)(DI*1); \
	VMOVDQA Y2, 64(R14)(DI*1); \
	VMOVDQA Y3, 96(R14)(DI*1); \
	ADDQ $128, DI; \
	CMPQ DI, DX; \
	JLT  in; \
	VPCMPEQD (R8)(CX*4), Y8, Y11; \
	VPAND Y9, Y11, Y11; \
	VMOVMSKPS Y11, AX; \
	CMPL AX, $255; \
	JNE  one; \
	LEAQ (R13)(SI*1), AX; \
	XORL DI, DI; \
out: \
	CLAIM(0); \
	CLAIM(64); \
	VMOVDQA 0(R14)(DI*1), Y0; \
	VMOVDQA 32(R14)(DI*1), Y1; \
	VMOVDQA 64(R14)(DI*1), Y2; \
	VMOVDQA 96(R14)(DI*1), Y3; \
	MOVE Y0, 0(AX)(DI*1); \
	MOVE Y1, 32(AX)(DI*1); \
	MOVE Y2, 64(AX)(DI*1); \
	MOVE Y3, 96(AX)(DI*1); \
	ADDQ $128, DI; \
	CMPQ DI, DX; \
	JLT  out; \
	VMOVDQA Y8, (R10)(CX*4)

#define TAKEANYY(MOVE, CLAIM) \
	VPCMPEQD Y10, Y10, Y10; \
	VPSRLD $31, Y10, Y10; \
next: \
	TZCNTQ BX, CX; \
	JC   done; \
	TESTL $7, CX; \
	JNZ  one; \
	MOVQ BX, SI; \
	SHRQ CX, SI; \
	CMPB SI, $0xFF; \
	JNE  one; \
	EIGHT(MOVE, CLAIM); \
	MOVL $255, SI; \
	SHLQ CX, SI; \
	ANDNQ BX, SI, BX; \
	JMP  next; \
one: \
	BLSRQ BX, BX; \
	ONEANY(load, store); \
	JMP  next; \
leave:

// func takeAnyAVX2(c *chunk, w int, mask uint64, mirror, scratch unsafe.Pointer) (left uint64)
TEXT ·takeAnyAVX2(SB), NOSPLIT, $0-48
	MOVQ c+0(FP), DI
	MOVQ w+8(FP), CX
	MOVQ mask+16(FP), BX
	MOVQ mirror+24(FP), R13
	MOVQ scratch+32(FP), R14
	MOVQ $0, left+40(FP)
	TAKEANY
	TAKEANYY(VMOVDQU, CLAIMANY)
	MOVQ left+40(FP), AX
	BTSQ CX, AX
	MOVQ AX, left+40(FP)
	JMP  next
done:
	VZEROUPPER
	RET

// func takeAnyStream(c *chunk, w int, mask uint64, mirror, scratch unsafe.Pointer) (left uint64)
TEXT ·takeAnyStream(SB), NOSPLIT, $0-48
	MOVQ c+0(FP), DI
	MOVQ w+8(FP), CX
	MOVQ mask+16(FP), BX
	MOVQ mirror+24(FP), R13
	MOVQ scratch+32(FP), R14
	MOVQ $0, left+40(FP)
	TAKEANY
	TAKEANYY(VMOVNTDQ, NOCLAIM)
	MOVQ left+40(FP), AX
	BTSQ CX, AX
	MOVQ AX, left+40(FP)
	JMP  next
done:
	VZEROUPPER
	RET

// func takeAnySSE2(c *chunk, w int, mask uint64, mirror, scratch unsafe.Pointer) (left uint64)
TEXT ·takeAnySSE2(SB), NOSPLIT, $0-48
	MOVQ c+0(FP), DI
	MOVQ w+8(FP), CX
	MOVQ mask+16(FP), BX
	MOVQ mirror+24(FP), R13
	MOVQ scratch+32(FP), R14
	MOVQ $0, left+40(FP)
	TAKEANY
next:
	BSFQ BX, CX
	JZ   done
	LEAQ -1(BX), SI
	ANDQ SI, BX
	ONEANY(load, store)
	JMP  next
leave:
	MOVQ left+40(FP), AX
	BTSQ CX, AX
	MOVQ AX, left+40(FP)
	JMP  next
done:
	RET

// func barrier()
TEXT ·barrier(SB), NOSPLIT, $0-0
	LOCK
	ADDL $0, 0(SP)
	RET
