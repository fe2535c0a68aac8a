//go:build turbojpeg

package turbojpeg

// #cgo LDFLAGS: -lturbojpeg
// #include <turbojpeg.h>
//
// // decode_planes takes the planes one by one: an array of Go pointers must not cross the border.
// static int decode_planes(tjhandle h, const unsigned char *data, unsigned long size, unsigned char *y, int y_stride,
//                          unsigned char *cb, unsigned char *cr, int c_stride, int flags) {
//     unsigned char *planes[3] = {y, cb, cr};
//     int strides[3] = {y_stride, c_stride, c_stride};
//     return tjDecompressToYUVPlanes(h, data, size, planes, 0, strides, 0, flags);
// }
import "C"

import (
	"image"
	"unsafe"
)

// flags make the library give up where it would otherwise patch a damaged picture.
const flags = C.TJFLAG_STOPONWARNING | C.TJFLAG_LIMITSCANS | C.TJFLAG_ACCURATEDCT

// ratios are the kinds of subsampling that both sides know.
var ratios = map[C.int]image.YCbCrSubsampleRatio{
	C.TJSAMP_444: image.YCbCrSubsampleRatio444,
	C.TJSAMP_422: image.YCbCrSubsampleRatio422,
	C.TJSAMP_420: image.YCbCrSubsampleRatio420,
	C.TJSAMP_440: image.YCbCrSubsampleRatio440,
	C.TJSAMP_411: image.YCbCrSubsampleRatio411,
}

// unambiguous is a side from which on every scale gives another size. The library is told sizes, not scales, and takes the
// largest scale that fits.
const unambiguous = 16

// picture is a file whose header has been read.
type picture struct {
	handle        C.tjhandle
	data          *C.uchar
	size          C.ulong
	width, height int
}

// Decode returns an *image.Gray or *image.YCbCr or, if denominator is 2, 4 or 8 and not 1, an *image.Gray or *image.RGBA
// that much smaller, with sides rounded up. Whatever the library says against a file is [ErrOther]. It runs to its end: the
// caller sees to it that the picture is one that may be decoded.
func Decode(data []byte, denominator int) (image.Image, error) {
	if len(data) == 0 {
		return nil, ErrOther
	}
	handle := C.tjInitDecompress()
	if handle == nil {
		return nil, ErrOther
	}
	defer C.tjDestroy(handle)

	p := picture{handle: handle, data: (*C.uchar)(unsafe.Pointer(&data[0])), size: C.ulong(len(data))}
	var width, height, sampling, space C.int
	if C.tjDecompressHeader3(p.handle, p.data, p.size, &width, &height, &sampling, &space) != 0 {
		return nil, ErrOther
	}
	p.width, p.height = int(width), int(height)
	ratio, known := ratios[sampling]
	switch {
	case denominator > 1 && min(width, height) < unambiguous:
		return nil, ErrOther
	case space == C.TJCS_GRAY:
		return p.grey(denominator)
	case space != C.TJCS_YCbCr || !known:
		return nil, ErrOther
	case denominator > 1:
		return p.rgba(denominator)
	}
	return p.planes(sampling, ratio)
}

// scaled is the area of the picture at a fraction of its size.
func (p *picture) scaled(denominator int) image.Rectangle {
	return image.Rect(0, 0, (p.width+denominator-1)/denominator, (p.height+denominator-1)/denominator)
}

func (p *picture) grey(denominator int) (image.Image, error) {
	m := image.NewGray(p.scaled(denominator))
	return m, p.into(m.Pix, m.Stride, m.Rect, C.TJPF_GRAY)
}

func (p *picture) rgba(denominator int) (image.Image, error) {
	m := image.NewRGBA(p.scaled(denominator))
	return m, p.into(m.Pix, m.Stride, m.Rect, C.TJPF_RGBA)
}

// into decodes at the size of r.
func (p *picture) into(pix []byte, stride int, r image.Rectangle, format C.int) error {
	code := C.tjDecompress2(p.handle, p.data, p.size, (*C.uchar)(unsafe.Pointer(&pix[0])),
		C.int(r.Dx()), C.int(stride), C.int(r.Dy()), format, flags)
	if code != 0 {
		return ErrOther
	}
	return nil
}

func (p *picture) planes(sampling C.int, ratio image.YCbCrSubsampleRatio) (image.Image, error) {
	side := func(plane C.int) (width, height int) {
		return int(C.tjPlaneWidth(plane, C.int(p.width), sampling)), int(C.tjPlaneHeight(plane, C.int(p.height), sampling))
	}
	yWidth, yHeight := side(0)
	cWidth, cHeight := side(1)
	m := &image.YCbCr{
		Y: make([]byte, yWidth*yHeight), Cb: make([]byte, cWidth*cHeight), Cr: make([]byte, cWidth*cHeight),
		YStride: yWidth, CStride: cWidth, SubsampleRatio: ratio, Rect: image.Rect(0, 0, p.width, p.height),
	}
	code := C.decode_planes(p.handle, p.data, p.size, (*C.uchar)(unsafe.Pointer(&m.Y[0])), C.int(yWidth),
		(*C.uchar)(unsafe.Pointer(&m.Cb[0])), (*C.uchar)(unsafe.Pointer(&m.Cr[0])), C.int(cWidth), flags)
	if code != 0 {
		return nil, ErrOther
	}
	return m, nil
}
