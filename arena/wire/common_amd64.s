//go:build !race && !purego

#include "go_asm.h"
#include "textflag.h"

// func compressSSSE3(table *group, groups int, dst, src *byte, slots int) (differ bool)
TEXT ·compressSSSE3(SB), NOSPLIT, $0-41
	MOVQ table+0(FP), SI
	MOVQ groups+8(FP), CX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), BX
	MOVQ slots+32(FP), DX
	PXOR X7, X7                 // how slots differ in common words, all together
slot:
	MOVQ SI, R8
	MOVQ CX, R9
group:
	MOVOU  (BX), X0
	MOVOU  group_value(R8), X1
	MOVOU  group_common(R8), X2
	MOVOU  group_out(R8), X3
	PXOR   X0, X1
	PAND   X2, X1
	POR    X1, X7
	PSHUFB X3, X0
	MOVOU  X0, (DI)             // what is behind step is written over
	ADDQ   group_step(R8), DI
	ADDQ   $16, BX
	ADDQ   $group__size, R8
	DECQ   R9
	JNZ    group
	DECQ   DX
	JNZ    slot
	PXOR     X0, X0
	PCMPEQB  X0, X7
	PMOVMSKB X7, AX
	CMPL     AX, $0xffff
	SETNE    differ+40(FP)
	RET

// func expandSSSE3(table *group, groups int, dst, src *byte, slots int)
TEXT ·expandSSSE3(SB), NOSPLIT, $0-40
	MOVQ table+0(FP), SI
	MOVQ groups+8(FP), CX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), BX
	MOVQ slots+32(FP), DX
slot:
	MOVQ SI, R8
	MOVQ CX, R9
group:
	MOVOU  (BX), X0
	MOVOU  group_in(R8), X1
	MOVOU  group_value(R8), X2
	PSHUFB X1, X0
	POR    X2, X0
	MOVOU  X0, (DI)
	ADDQ   group_step(R8), BX
	ADDQ   $16, DI
	ADDQ   $group__size, R8
	DECQ   R9
	JNZ    group
	DECQ   DX
	JNZ    slot
	RET
