//go:build !race && !purego

#include "go_asm.h"
#include "textflag.h"

// Payload is loaded into registers before a version goes odd (writers), or
// before the version is looked at again (the reader).

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
	LOAD(SI)
	MOVQ chunk_versions(DI), R8
	LEAQ (R8)(CX*4), R8
	MOVQ chunk_gens(DI), R9
	MOVL (R8), AX               // the version, then the generation: see chunk.enter
	CMPL (R9)(CX*4), DX
	JNE  stale
	TESTL $1, AX
	JNZ  go
	LEAL 1(AX), R10
	LOCK
	CMPXCHGL R10, (R8)
	JNE  go
	MOVQ chunk_dirty(DI), R11
	MOVQ chunk_bit(DI), R12
	TESTQ R12, (R11)            // after the exchange, a full barrier: see chunk.mark
	JZ   mark
marked:
	SHLQ $6, CX
	ADDQ chunk_values(DI), CX
	STORE(CX)
	INCL R10
	MOVL R10, (R8)
	MOVB $1, ret+24(FP)
	RET
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
stale:
	MOVB $0, ret+24(FP)
	RET
go:
	JMP  ·setGo(SB)

// The two forms of setRange share their frame: slots one by one until the
// version's address suits a vector, then groups, then the rest one by one.
// R8 version, R9 slot, SI value, BX how many are left.

#define RANGE \
	MOVQ chunk_versions(DI), R8; \
	LEAQ (R8)(CX*4), R8; \
	SHLQ $6, CX; \
	MOVQ chunk_values(DI), R9; \
	ADDQ CX, R9

#define STEP \
	ADDQ $4, R8; \
	ADDQ $64, R9; \
	ADDQ $64, SI; \
	DECQ BX

#define ONEX \
	LOAD(SI); \
	MOVL (R8), AX; \
	INCL AX; \
	MOVL AX, (R8); \
	STORE(R9); \
	INCL AX; \
	MOVL AX, (R8); \
	STEP

#define ONEY \
	VMOVDQU (SI), Y0; \
	VMOVDQU 32(SI), Y1; \
	MOVL (R8), AX; \
	INCL AX; \
	MOVL AX, (R8); \
	VMOVDQU Y0, (R9); \
	VMOVDQU Y1, 32(R9); \
	INCL AX; \
	MOVL AX, (R8); \
	STEP

#define COPYY(i) \
	VMOVDQU i(SI), Y0; \
	VMOVDQU (i+32)(SI), Y1; \
	VMOVDQU Y0, i(R9); \
	VMOVDQU Y1, (i+32)(R9)

// func setRangeAVX2(c *chunk, at uint32, n int, vs unsafe.Pointer)
TEXT ·setRangeAVX2(SB), NOSPLIT, $0-32
	MOVQ c+0(FP), DI
	MOVL at+8(FP), CX
	MOVQ n+16(FP), BX
	MOVQ vs+24(FP), SI
	RANGE
	VPCMPEQD Y3, Y3, Y3         // -1 in every lane: subtracting it steps a version
head:
	TESTQ BX, BX
	JZ   done
	TESTQ $31, R8
	JZ   groups
	ONEY
	JMP  head
groups:
	CMPQ BX, $8
	JLT  tail
	VMOVDQA (R8), Y2
	VPSUBD Y3, Y2, Y2
	VMOVDQA Y2, (R8)
	COPYY(0)
	COPYY(64)
	COPYY(128)
	COPYY(192)
	COPYY(256)
	COPYY(320)
	COPYY(384)
	COPYY(448)
	VPSUBD Y3, Y2, Y2
	VMOVDQA Y2, (R8)
	ADDQ $32, R8
	ADDQ $512, R9
	ADDQ $512, SI
	SUBQ $8, BX
	JMP  groups
tail:
	TESTQ BX, BX
	JZ   done
	ONEY
	JMP  tail
done:
	VZEROUPPER
	RET

#define COPYX(i) \
	MOVOU (i+0)(SI), X0; \
	MOVOU (i+16)(SI), X1; \
	MOVOU (i+32)(SI), X2; \
	MOVOU (i+48)(SI), X3; \
	MOVOU X0, (i+0)(R9); \
	MOVOU X1, (i+16)(R9); \
	MOVOU X2, (i+32)(R9); \
	MOVOU X3, (i+48)(R9)

// func setRangeSSE2(c *chunk, at uint32, n int, vs unsafe.Pointer)
TEXT ·setRangeSSE2(SB), NOSPLIT, $0-32
	MOVQ c+0(FP), DI
	MOVL at+8(FP), CX
	MOVQ n+16(FP), BX
	MOVQ vs+24(FP), SI
	RANGE
	PCMPEQL X5, X5
head:
	TESTQ BX, BX
	JZ   done
	TESTQ $15, R8
	JZ   groups
	ONEX
	JMP  head
groups:
	CMPQ BX, $4
	JLT  tail
	MOVOA (R8), X4
	PSUBL X5, X4
	MOVOA X4, (R8)
	COPYX(0)
	COPYX(64)
	COPYX(128)
	COPYX(192)
	PSUBL X5, X4
	MOVOA X4, (R8)
	ADDQ $16, R8
	ADDQ $256, R9
	ADDQ $256, SI
	SUBQ $4, BX
	JMP  groups
tail:
	TESTQ BX, BX
	JZ   done
	ONEX
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

// The two forms of take share their frame. R8 versions, R9 gens, R10 seen, R11
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
#define CHECK \
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

// func barrier()
TEXT ·barrier(SB), NOSPLIT, $0-0
	LOCK
	ADDL $0, 0(SP)
	RET
