// Command neon writes the kernels of arm64, each file of kernels from the Go file of the same name here. Run it in the
// folder of package simd, by go generate.
//
// They do what the kernels of amd64 do, in the same order, with vectors of four numbers and 32 registers instead of
// eight and 16, and meet the same tests under emulation. No arm64 machine was there to time them on.
package main

import asm "github.com/soundtrack-go/sdk/internal/simd/neonasm"

func main() {
	for name, write := range map[string]func(*asm.File){
		"gemm": gemm, "pack": pack, "depthwise": depthwise, "elementwise": elementwise, "activation": activation, "row": row,
	} {
		f := asm.NewFile("simd", "go run ./gen/neon")
		write(f)
		f.Write(name)
	}
}

// clip applies min(hi, max(lo, v)) to v, and NaN stays.
func clip(f *asm.Func, v, lo, hi asm.V) {
	f.FMAX(v, v, lo)
	f.FMIN(v, v, hi)
}
