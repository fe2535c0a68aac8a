package pixels

//go:generate go run -modfile=../../../tools.mod gen/pixels.go -out pixels_amd64.s -stubs pixels_amd64.go -pkg pixels

// kernels is one implementation of the conversions that large pictures spend their time in. All give the same bytes.
// A further architecture adds its own to native; see kernels_amd64.go.
type kernels struct {
	name string
	// ycc converts as many pixels as luma has samples; see yccTables. The chroma has as many.
	ycc func(dst Row, luma, cb, cr []byte)
	// h2v2 upsamples chroma; see upsampleGeneric.
	h2v2 func(dst, near, far []byte)
	// split takes the first three of every four bytes apart and says whether all the fourth ones are 255.
	split func(dst Row, src []byte) (opaque bool)
	// transpose writes the first n columns of a tile as rows of 16 bytes, stride bytes apart.
	transpose func(dst []byte, stride int, src *tile, n int)
}

func generic() *kernels {
	return &kernels{name: "generic", ycc: yccGeneric, h2v2: upsampleGeneric, split: splitGeneric, transpose: transposeGeneric}
}

// available lists the implementations that this build has and this CPU can run, best first and the generic one last.
func available() []*kernels { return append(native(), generic()) }

// tile is a piece of sixteen rows.
type tile [tileRows][tileColumns]byte

const (
	tileRows    = 16
	tileColumns = 128
)

// transposeGeneric is the portable transpose.
func transposeGeneric(dst []byte, stride int, src *tile, n int) {
	for x := range n {
		out := dst[x*stride:][:tileRows]
		for y := range out {
			out[y] = src[y][x]
		}
	}
}

// splitGeneric is the portable split.
func splitGeneric(dst Row, src []byte) (opaque bool) {
	all := uint8(255)
	g, b := dst.G[:len(dst.R)], dst.B[:len(dst.R)]
	for i := range dst.R {
		if len(src) < 4 {
			break
		}
		dst.R[i], g[i], b[i] = src[0], src[1], src[2]
		all &= src[3]
		src = src[4:]
	}
	return all == 255
}
