//go:build !purego

package pixels

import "golang.org/x/sys/cpu"

// native is the one place that asks what the CPU can do.
func native() []*kernels {
	if !cpu.X86.HasAVX2 {
		return nil
	}
	return []*kernels{{
		name: "avx2", ycc: yccRowAVX2, h2v2: upsampleRowAVX2, split: splitRowAVX2, transpose: transposeTileAVX2,
	}}
}

const (
	blockPixels  = 32 // pixels that yccAVX2 and splitAVX2 take at once
	blockColumns = 16 // columns that upsampleAVX2 takes at once
)

// The vector kernels take whole blocks. What is left over is done as the last whole block, of which a part is then
// computed twice; only rows shorter than a block go to the generic twin.

func yccRowAVX2(dst Row, luma, cb, cr []byte) {
	n := len(luma)
	if n < blockPixels {
		yccGeneric(dst, luma, cb, cr)
		return
	}
	dst, cb, cr = dst.part(0, n), cb[:n], cr[:n]
	yccAVX2(&dst.R[0], &dst.G[0], &dst.B[0], &luma[0], &cb[0], &cr[0], n&^(blockPixels-1))
	if n%blockPixels != 0 {
		i := n - blockPixels
		yccAVX2(&dst.R[i], &dst.G[i], &dst.B[i], &luma[i], &cb[i], &cr[i], blockPixels)
	}
}

func upsampleRowAVX2(dst, near, far []byte) {
	n := len(near) - 2
	if n < blockColumns {
		upsampleGeneric(dst, near, far)
		return
	}
	dst, far = dst[:2*n], far[:n+2]
	upsampleAVX2(&dst[0], &near[0], &far[0], n&^(blockColumns-1))
	if n%blockColumns != 0 {
		i := n - blockColumns
		upsampleAVX2(&dst[2*i], &near[i], &far[i], blockColumns)
	}
}

func splitRowAVX2(dst Row, src []byte) (opaque bool) {
	n := dst.len()
	if n < blockPixels {
		return splitGeneric(dst, src)
	}
	dst, src = dst.part(0, n), src[:4*n]
	opaque = splitAVX2(&dst.R[0], &dst.G[0], &dst.B[0], &src[0], n&^(blockPixels-1))
	if n%blockPixels != 0 {
		i := n - blockPixels
		rest := splitAVX2(&dst.R[i], &dst.G[i], &dst.B[i], &src[4*i], blockPixels)
		opaque = opaque && rest
	}
	return opaque
}

func transposeTileAVX2(dst []byte, stride int, src *tile, n int) {
	const block = 8
	if n < block {
		transposeGeneric(dst, stride, src, n)
		return
	}
	_ = src[0][:n]
	_ = dst[(n-1)*stride:][:tileRows]
	transposeAVX2(&dst[0], stride, &src[0][0], tileColumns, n&^(block-1))
	if n%block != 0 {
		x := n - block
		transposeAVX2(&dst[x*stride], stride, &src[0][x], tileColumns, block)
	}
}
