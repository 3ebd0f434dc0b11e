//go:build !race && !purego

#include "go_asm.h"
#include "textflag.h"

// func compressSSSE3(table *quad, quads int, dst, src *byte, slots int) (differ bool)
TEXT ·compressSSSE3(SB), NOSPLIT, $0-41
	MOVQ table+0(FP), SI
	MOVQ quads+8(FP), CX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), BX
	MOVQ slots+32(FP), DX
	PXOR X7, X7                 // the bits in which any slot differs in a common word
slot:
	MOVQ SI, R8
	MOVQ CX, R9
quad:
	MOVOU  (BX), X0
	MOVOU  quad_value(R8), X1
	MOVOU  quad_common(R8), X2
	MOVOU  quad_out(R8), X3
	PXOR   X0, X1
	PAND   X2, X1
	POR    X1, X7
	PSHUFB X3, X0
	MOVOU  X0, (DI)             // the next quad overwrites the bytes behind step
	ADDQ   quad_step(R8), DI
	ADDQ   $16, BX
	ADDQ   $quad__size, R8
	DECQ   R9
	JNZ    quad
	DECQ   DX
	JNZ    slot
	PXOR     X0, X0
	PCMPEQB  X0, X7
	PMOVMSKB X7, AX
	CMPL     AX, $0xffff
	SETNE    differ+40(FP)
	RET

// func expandSSSE3(table *quad, quads int, dst, src *byte, slots int)
TEXT ·expandSSSE3(SB), NOSPLIT, $0-40
	MOVQ table+0(FP), SI
	MOVQ quads+8(FP), CX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), BX
	MOVQ slots+32(FP), DX
slot:
	MOVQ SI, R8
	MOVQ CX, R9
quad:
	MOVOU  (BX), X0
	MOVOU  quad_in(R8), X1
	MOVOU  quad_value(R8), X2
	PSHUFB X1, X0
	POR    X2, X0
	MOVOU  X0, (DI)
	ADDQ   quad_step(R8), BX
	ADDQ   $16, DI
	ADDQ   $quad__size, R8
	DECQ   R9
	JNZ    quad
	DECQ   DX
	JNZ    slot
	RET
