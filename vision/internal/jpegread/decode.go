// Package jpegread decodes the JPEG pictures that people have: 8-bit baseline, extended and progressive Huffman files,
// grey, YCbCr or plain CMYK. It exists beside image/jpeg for three reasons:
//
//   - its inverse DCTs are libjpeg's accurate integer ones (jidctint.c; jidctred.c for reduced sizes), so that samples equal
//     those of libjpeg-turbo, and with them everything that is computed from a picture;
//   - it can be stopped between rows of blocks;
//   - it takes a fraction of the time, less still at a fraction of the size, and for progressive files half the memory.
//
// Whatever it does not know it leaves to image/jpeg, by [ErrOther]: RGB, YCCK, subsampled CMYK, and what that refuses as
// well. Input is treated as hostile: a file that ends early, or contradicts itself, is an error.
package jpegread

import (
	"errors"
	"image"
)

var (
	// ErrOther reports a kind of JPEG that is not decoded here.
	ErrOther = errors.New("jpegread: not a kind of JPEG that is read here")
	// ErrFormat reports a damaged file.
	ErrFormat = errors.New("jpegread: damaged file")
)

// Markers (ITU-T T.81, table B.1).
const (
	markerSOF0 = 0xc0
	markerSOF1 = 0xc1
	markerSOF2 = 0xc2
	markerDHT  = 0xc4
	markerSOFs = 0xcf // the last of the frame headers
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerDQT  = 0xdb
	markerDRI  = 0xdd
	markerAPP0 = 0xe0
	markerAPPE = 0xee // Adobe's
	markerCOM  = 0xfe
)

// decoder holds what segments have defined so far.
type decoder struct {
	data        []byte
	pos         int
	denominator int
	check       func() error

	frame       bool
	progressive bool
	width       int
	height      int
	outWidth    int // of the picture that is returned
	outHeight   int
	comps       []component
	hMax, vMax  int
	mcusX       int
	mcusY       int

	jfif           bool
	adobe          bool
	adobeTransform byte

	quant     [4][64]int32 // in natural order
	quantSeen [4]bool
	dc, ac    [4]*huffman
	restart   int // MCUs between restart markers; 0 if there are none
	scanned   bool

	bits   bitReader
	block  [64]int16 // the block at hand, in natural order
	eobRun int
}

// component is a plane of the picture.
type component struct {
	id      byte
	h, v    int // sampling factors
	quant   byte
	blocksX int // in whole MCUs
	blocksY int
	ownX    int // without what only fills the last MCU up
	ownY    int
	size    int // a block is size × size samples: 8, or fewer if the picture is scaled
	idct    idctFunc
	plane   []byte // size·blocksX wide
	coeffs  []int16
	seen    bool // some scan had it
	dcPred  int32
	dc, ac  *huffman
}

// Decode returns an *image.Gray, an *image.YCbCr or an *image.CMYK. A denominator of 2, 4 or 8 makes it that much smaller,
// with sides rounded up, and faster: the samples are those of libjpeg's scaled decoding; 1 is the full size.
//
// check is called once for each row of blocks; its error ends the decoding and is returned as it is. Data after the end
// marker is ignored.
func Decode(data []byte, denominator int, check func() error) (image.Image, error) {
	d := &decoder{data: data, denominator: denominator, check: check}
	if len(data) < 2 || data[0] != 0xff || data[1] != markerSOI {
		return nil, ErrFormat
	}
	d.pos = 2
	for {
		marker, ok := d.nextMarker()
		if !ok {
			return nil, ErrFormat
		}
		if marker == markerEOI {
			break
		}
		if marker >= markerRST0 && marker <= markerRST7 || marker == 0x01 {
			continue // a stray one; it has no length
		}
		segment, ok := d.segment()
		if !ok {
			return nil, ErrFormat
		}
		if err := d.process(marker, segment); err != nil {
			return nil, err
		}
	}
	if !d.scanned {
		return nil, ErrFormat
	}
	if d.progressive {
		if err := d.reconstruct(); err != nil {
			return nil, err
		}
	}
	return d.image(), nil
}

// nextMarker skips to the next marker and returns it.
func (d *decoder) nextMarker() (byte, bool) {
	for d.pos+1 < len(d.data) {
		if d.data[d.pos] != 0xff {
			d.pos++
			continue
		}
		switch m := d.data[d.pos+1]; m {
		case 0x00:
			d.pos += 2
		case 0xff:
			d.pos++
		default:
			d.pos += 2
			return m, true
		}
	}
	return 0, false
}

// segment returns the body of the segment at the current position and steps over it.
func (d *decoder) segment() ([]byte, bool) {
	if d.pos+2 > len(d.data) {
		return nil, false
	}
	n := int(d.data[d.pos])<<8 | int(d.data[d.pos+1])
	if n < 2 || d.pos+n > len(d.data) {
		return nil, false
	}
	body := d.data[d.pos+2 : d.pos+n]
	d.pos += n
	return body, true
}

func (d *decoder) process(marker byte, s []byte) error {
	switch {
	case marker == markerSOS:
		return d.scan(s)
	case marker == markerDHT:
		return d.defineHuffman(s)
	case marker == markerDQT:
		return d.defineQuant(s)
	case marker == markerDRI:
		if len(s) != 2 {
			return ErrFormat
		}
		d.restart = int(s[0])<<8 | int(s[1])
	case marker == markerSOF0 || marker == markerSOF1 || marker == markerSOF2:
		d.progressive = marker == markerSOF2
		return d.defineFrame(s)
	case marker > markerSOF2 && marker <= markerSOFs:
		return ErrOther // lossless, hierarchical, arithmetic
	case marker == markerAPP0:
		d.jfif = len(s) >= 5 && string(s[:5]) == "JFIF\x00"
	case marker == markerAPPE && len(s) >= 12 && string(s[:5]) == "Adobe":
		d.adobe, d.adobeTransform = true, s[11]
	case marker > markerAPP0 && marker <= markerAPP0+15 || marker == markerCOM:
	default:
		return ErrOther
	}
	return nil
}

// defineFrame reads the frame header and allocates the planes.
func (d *decoder) defineFrame(s []byte) error {
	if d.frame || len(s) < 6 {
		return ErrFormat
	}
	n := int(s[5])
	if s[0] != 8 || n != 1 && n != 3 && n != 4 {
		return ErrOther
	}
	if len(s) != 6+3*n {
		return ErrFormat
	}
	d.frame = true
	d.height, d.width = int(s[1])<<8|int(s[2]), int(s[3])<<8|int(s[4])
	if d.height == 0 || d.width == 0 {
		return ErrOther
	}
	d.comps = make([]component, n)
	for i := range d.comps {
		c := &d.comps[i]
		c.id, c.h, c.v, c.quant = s[6+3*i], int(s[7+3*i]>>4), int(s[7+3*i]&15), s[8+3*i]
		for _, o := range d.comps[:i] {
			if o.id == c.id {
				return ErrFormat
			}
		}
		if c.quant > 3 {
			return ErrFormat
		}
	}
	switch n {
	case 1:
		d.comps[0].h, d.comps[0].v = 1, 1 // a single component is never subsampled
	case 3:
		if !d.isYCC() || d.isRGB() {
			return ErrOther
		}
	case 4:
		if !d.isCMYK() {
			return ErrOther
		}
	}
	d.hMax, d.vMax = d.comps[0].h, d.comps[0].v
	d.mcusX = (d.width + 8*d.hMax - 1) / (8 * d.hMax)
	d.mcusY = (d.height + 8*d.vMax - 1) / (8 * d.vMax)
	for i := range d.comps {
		c := &d.comps[i]
		c.blocksX, c.blocksY = d.mcusX*c.h, d.mcusY*c.v
		c.ownX = ((d.width*c.h+d.hMax-1)/d.hMax + 7) / 8
		c.ownY = ((d.height*c.v+d.vMax-1)/d.vMax + 7) / 8
	}
	d.setSizes(d.denominator)
	return nil
}

// isRGB decides as libjpeg does whether three components are RGB.
func (d *decoder) isRGB() bool {
	if d.jfif {
		return false
	}
	if d.adobe {
		return d.adobeTransform == 0
	}
	return d.comps[0].id == 'R' && d.comps[1].id == 'G' && d.comps[2].id == 'B'
}

// isCMYK says whether four components are Adobe's CMYK, none of them subsampled.
func (d *decoder) isCMYK() bool {
	for _, c := range d.comps {
		if c.h != 1 || c.v != 1 {
			return false
		}
	}
	return d.adobe && d.adobeTransform == 0
}

// isYCC says whether three components are sampled in a way that image.YCbCr knows.
func (d *decoder) isYCC() bool {
	y, cb, cr := &d.comps[0], &d.comps[1], &d.comps[2]
	if cb.h != cr.h || cb.v != cr.v || cb.h == 0 || cb.v == 0 || y.h > 4 || y.v > 2 || y.h%cb.h != 0 || y.v%cb.v != 0 {
		return false
	}
	if y.h*y.v+2*cb.h*cb.v > 10 { // the most blocks that an MCU may have
		return false
	}
	_, ok := ratio(y.h/cb.h, y.v/cb.v)
	return ok
}

// ratio names the subsampling by h across and v down, if image.YCbCr knows it.
func ratio(h, v int) (image.YCbCrSubsampleRatio, bool) {
	switch [2]int{h, v} {
	case [2]int{1, 1}:
		return image.YCbCrSubsampleRatio444, true
	case [2]int{2, 1}:
		return image.YCbCrSubsampleRatio422, true
	case [2]int{2, 2}:
		return image.YCbCrSubsampleRatio420, true
	case [2]int{1, 2}:
		return image.YCbCrSubsampleRatio440, true
	case [2]int{4, 1}:
		return image.YCbCrSubsampleRatio411, true
	case [2]int{4, 2}:
		return image.YCbCrSubsampleRatio410, true
	}
	return 0, false
}
