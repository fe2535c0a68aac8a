package pixels

import "image"

// webpRow converts a row of a lossy WebP picture as libwebp does: chroma by its "fancy" upsampler,
//
//	(9·nearest + 3·horizontal + 3·vertical + diagonal + 8) >> 4
//
// with the picture's border mirrored, then VP8YUVToRGB's integers for samples from 16 to 235 (ITU-R BT.601).
// Go's image/color would read them as full-range JPEG samples, which washes colours out.
func webpRow(m *image.YCbCr, dst Row, y, x0, x1 int) {
	g := chromaRows(m, y)
	luma := m.Y[m.YOffset(x0, y):]
	for x := x0; x < x1; x++ {
		near, far := g.columns(x)
		cb := (9*int32(g.cb0[near]) + 3*int32(g.cb0[far]) + 3*int32(g.cb1[near]) + int32(g.cb1[far]) + 8) >> 4
		cr := (9*int32(g.cr0[near]) + 3*int32(g.cr0[far]) + 3*int32(g.cr1[near]) + int32(g.cr1[far]) + 8) >> 4
		luminance := (int32(luma[x-x0]) * 19077) >> 8
		dst.set(x-x0,
			clamp8((luminance+(cr*26149)>>8-14234)>>6),
			clamp8((luminance-(cb*6419)>>8-(cr*13320)>>8+8708)>>6),
			clamp8((luminance+(cb*33050)>>8-17685)>>6))
	}
}
