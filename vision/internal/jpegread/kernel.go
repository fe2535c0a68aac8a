package jpegread

//go:generate go run -modfile=../../../tools.mod gen/idct.go gen/idct_scaled.go -out idct_amd64.s -stubs idct_amd64.go -pkg jpegread

// idctFunc dequantises a block and writes its samples into dst, stride bytes a row. last is the last place in zigzag order
// that may hold anything but zero. The assembly is generated; see gen. The build tag purego leaves it out.
type idctFunc func(dst []byte, stride int, block *[64]int16, quant *[64]int32, last int)

// idctGeneric returns the portable transform to size × size samples, size being 2, 4 or 8.
func idctGeneric(size int) idctFunc {
	switch size {
	case 2:
		return func(dst []byte, stride int, block *[64]int16, quant *[64]int32, _ int) {
			idct2(dst, stride, block, quant)
		}
	case 4:
		return func(dst []byte, stride int, block *[64]int16, quant *[64]int32, _ int) {
			idct4(dst, stride, block, quant)
		}
	default:
		return func(dst []byte, stride int, block *[64]int16, quant *[64]int32, last int) {
			if last <= sparseLast {
				idctSparse(dst, stride, block, quant)
				return
			}
			idct(dst, stride, block, quant)
		}
	}
}
