package resize

//go:generate go run -modfile=../../../tools.mod gen/resize.go -out resize_amd64.s -stubs resize_amd64.go -pkg resize
//go:generate go run ./gen/neon

// kernels is one implementation of the two passes. All give the same bytes. A further architecture adds its own to
// native; see kernels_amd64.go.
type kernels struct {
	name string
	// prepare is called once both axes are set: the place to bring weights into the order that the passes want.
	prepare func(r *Resizer)
	// horizontal resizes the two rows in r.in to the 3·r.H.Len() bytes of a and of b, and may write one byte more.
	horizontal func(r *Resizer, a, b []byte)
	// vertical computes output row i from the rows of its window. All rows have the length of out, a multiple of 32. The
	// row after the window may be read too.
	vertical func(r *Resizer, out, window []byte, i int)
}

func generic() *kernels {
	return &kernels{
		name:       "generic",
		prepare:    func(*Resizer) {},
		horizontal: horizontalGeneric,
		vertical:   verticalGeneric,
	}
}

// available lists the implementations that this build has and this CPU can run, best first and the generic one last.
func available() []*kernels { return append(native(), generic()) }
