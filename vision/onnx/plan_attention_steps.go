package onnx

import "github.com/soundtrack-go/sdk/internal/simd"

// emitAttention adds the step of an attention whose last product is n.
func (b *planBuilder) emitAttention(n *node, a *attention) error {
	shape := b.typeOf(n.outputs[0]).shape
	batch := shape[:len(shape)-2]
	q, k, v := b.matricesOf(a.q), b.matricesOf(a.k), b.matricesOf(a.v)
	j := attentionJob{
		attention: a, kernels: b.kernels, bounds: b.fusion(n).bounds,
		rows: sizeFromEnd(shape, 2), keys: sizeFromEnd(v.shape, 2), depth: lastSize(q.shape), cols: lastSize(shape),
	}
	if last := len(q.shape) - 1; q.strides[last] != 1 || q.strides[last-1] < j.depth {
		q = contiguous(b.copied(n, q), q.shape)
	}
	j.lda = q.strides[len(q.shape)-2]
	j.kStrides, j.vStrides = [2]int(k.strides[len(k.shape)-2:]), [2]int(v.strides[len(v.shape)-2:])
	j.q, j.k, j.v = q.starts(batch), k.starts(batch), v.starts(batch)
	s := step{name: n.name + " (attention)", reads: []*storage{q.store, k.store, v.store}, parts: product(batch)}
	for _, m := range a.masks {
		w := b.view(m.value).broadcast(m.scores)
		j.maskViews, s.reads = append(j.maskViews, w), append(s.reads, w.store)
	}
	place := productJob{fusion: b.fusion(n), cols: j.cols}
	place.place(b, shape)
	j.c, j.ldc = place.c, place.ldc
	j.block = min(j.rows, max(simd.TileRows, simd.BlockRows(j.keys)))
	for i, size := range []int{
		simd.PackedLen(j.depth, j.keys), simd.PackedLen(j.keys, j.cols), j.block * j.keys, simd.TileScratch,
	} {
		j.parts[i+1] = j.parts[i] + (size+align-1)/align*align
		j.sizes[i] = size
	}
	b.needScratch(j.parts[4])
	s.writes, s.run = []*storage{j.c.store}, j.run
	b.add(s)
	return nil
}

// matricesOf returns where matrices lie.
func (b *planBuilder) matricesOf(s stackOf) view {
	w := b.view(s.value)
	if s.swapped {
		perm := make([]int, len(w.shape))
		for i := range perm {
			perm[i] = i
		}
		last := len(perm) - 1
		perm[last], perm[last-1] = last-1, last
		w = w.permute(perm)
	}
	return w
}

// starts returns where each of a stack of matrices starts. If there are as many as in the batch, they are in its order,
// whatever the dimensions are; fewer repeat.
func (v view) starts(batch []int) view {
	if own := v.shape[:len(v.shape)-2]; product(own) == product(batch) {
		batch = own
	}
	return v.broadcastStack(batch)
}

// attentionJob is an attention of a plan. Each part of the step is one head of one input.
type attentionJob struct {
	*attention
	kernels                 *simd.Kernels
	bounds                  simd.Bounds
	rows, keys, depth, cols int
	q, k, v, c              view // where the matrices of each head start
	lda, ldc                int
	kStrides, vStrides      [2]int
	maskViews               []view // [batch…, rows, keys]
	block                   int    // rows that are computed at a time
	parts                   [5]int // of the scratch memory: Kᵀ, V, scores, tile
	sizes                   [4]int
}

func (j *attentionJob) run(st *state, worker, part int) {
	scratch := st.scratch(worker, j.parts[4])
	piece := func(i int) []float32 { return scratch[j.parts[i]:][:j.sizes[i]] }
	q, _ := j.q.row(part)
	k, _ := j.k.row(part)
	v, _ := j.v.row(part)
	c, _ := j.c.row(part)
	keys, values := simd.MakePacked(piece(0), j.depth, j.keys), simd.MakePacked(piece(1), j.keys, j.cols)
	keys.Fill(st.data(j.k.store)[k:], j.kStrides[0], j.kStrides[1], j.scale)
	values.Fill(st.data(j.v.store)[v:], j.vStrides[0], j.vStrides[1], 1)
	scores, tile := piece(2), piece(3)
	for row := 0; row < j.rows; row += j.block {
		n := min(j.block, j.rows-row)
		j.kernels.Gemm(simd.Product{
			C: scores, LDC: j.keys, A: st.data(j.q.store)[q+row*j.lda:], LDA: j.lda, M: n, B: keys,
			Bounds: simd.Unbounded(), Scratch: tile,
		})
		for i := range n {
			line := scores[i*j.keys:][:j.keys]
			for _, m := range j.maskViews {
				j.addMask(line, st.data(m.store), m, part*j.rows+row+i)
			}
			j.kernels.Softmax(line, line, 1)
			if j.zeroNaN && line[0] != line[0] {
				clear(line)
			}
		}
		j.kernels.Gemm(simd.Product{
			C: st.data(j.c.store)[c+row*j.ldc:], LDC: j.ldc, A: scores, LDA: j.keys, M: n, B: values,
			Bounds: j.bounds, Scratch: tile,
		})
	}
}

// addMask adds a row of a mask to a row of scores.
func (j *attentionJob) addMask(line, mask []float32, m view, row int) {
	at, stride := m.row(row)
	if stride == 1 {
		j.kernels.AddClip(line, line, mask[at:][:len(line)], simd.Unbounded())
		return
	}
	for i := range line {
		line[i] += mask[at+i*stride]
	}
}
