package pixels

// Row is a row of RGB in three planes, which have equal lengths. Planes suit the kernels of the resize, and every kind
// of stored pixel is as easily written to them as to triples.
type Row struct{ R, G, B []byte }

func (p Row) len() int { return len(p.R) }

// part returns pixels [i, j).
func (p Row) part(i, j int) Row { return Row{p.R[i:j], p.G[i:j], p.B[i:j]} }

func (p Row) set(i int, r, g, b uint8) { p.R[i], p.G[i], p.B[i] = r, g, b }

// fill sets every sample to v.
func (p Row) fill(v uint8) {
	for _, plane := range [][]byte{p.R, p.G, p.B} {
		for i := range plane {
			plane[i] = v
		}
	}
}

// grey copies one plane to all three.
func (p Row) grey(s []byte) {
	copy(p.R, s)
	copy(p.G, s)
	copy(p.B, s)
}
