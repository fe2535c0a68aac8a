package pixels

// yccTables convert YCbCr to RGB with three table look-ups and two additions a pixel. They hold libjpeg's integers
// (jdcolor.c), where every product has 16 fractional bits and is shifted right arithmetically:
//
//	R = Y + (1.40200·Cr + ½)   G = Y + (−0.34414·Cb − 0.71414·Cr + ½)   B = Y + (1.77200·Cb + ½)
//
// A word holds all three sums side by side, so that adding words adds channels:
//
//	bits 0–10 red   bits 11–21 blue   bits 22–37 green's fraction   bits 38–48 green
//
// Each is 256 too large, which keeps it positive, at most 1023, and so within its place; clamp takes that away again.
type yccTables struct {
	cb, cr [256]uint64
	clamp  [1024]uint8
}

const (
	yccBlue  = 11
	yccGreen = 38
	yccBias  = 256
	yccLuma  = 1 | 1<<yccBlue | 1<<yccGreen // what one unit of Y adds
)

// jpegYCC is never written to after initialisation.
var jpegYCC = newYCCTables()

func newYCCTables() *yccTables {
	const (
		half      = 1 << 15
		fix140200 = 91881  // 1.40200 in 16.16
		fix177200 = 116130 // 1.77200
		fix071414 = 46802  // 0.71414
		fix034414 = 22554  // 0.34414
	)
	t := new(yccTables)
	for i := range 256 {
		x := int64(i - 128)
		red := (fix140200*x+half)>>16 + yccBias
		blue := (fix177200*x+half)>>16 + yccBias
		greenCb := -fix034414*x + half + yccBias<<16
		greenCr := -fix071414 * x
		t.cr[i] = uint64(red) + uint64(greenCr)<<(yccGreen-16)
		t.cb[i] = uint64(blue)<<yccBlue + uint64(greenCb)<<(yccGreen-16)
	}
	for i := range t.clamp {
		t.clamp[i] = clamp8(int32(i) - yccBias)
	}
	return t
}
