package vision_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/require"
)

// chunkPNG is one PNG chunk with a correct checksum.
func chunkPNG(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

const magicPNG = "\x89PNG\r\n\x1a\n"

// headerPNG is the signature and an IHDR chunk.
func headerPNG(w, h uint32, depth, colour, interlace byte) []byte {
	body := binary.BigEndian.AppendUint32(nil, w)
	body = binary.BigEndian.AppendUint32(body, h)
	body = append(body, depth, colour, 0, 0, interlace)
	return append([]byte(magicPNG), chunkPNG("IHDR", body)...)
}

// forgePNG is a whole 8-bit grey PNG of zeros, with further chunks before its data.
func forgePNG(t testing.TB, w, h int, extra ...[]byte) []byte {
	t.Helper()
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	row := make([]byte, w+1)
	for range h {
		_, err := zw.Write(row)
		require.NoError(t, err)
	}
	require.NoError(t, zw.Close())
	out := headerPNG(uint32(w), uint32(h), 8, 0, 0)
	for _, e := range extra {
		out = append(out, e...)
	}
	out = append(out, chunkPNG("IDAT", z.Bytes())...)
	return append(out, chunkPNG("IEND", nil)...)
}

// segmentJPEG is a marker with its length and body.
func segmentJPEG(marker byte, body ...byte) []byte {
	return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// headerJPEG is a frame header; each component is its sampling byte.
func headerJPEG(marker byte, w, h int, sampling ...byte) []byte {
	body := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(len(sampling))}
	for i, s := range sampling {
		body = append(body, byte(i+1), s, 0)
	}
	return segmentJPEG(marker, body...)
}

// forgeProgressive is a valid progressive grey JPEG with as many scans as asked for. After the first one, which says that
// all blocks are grey, each takes a few bytes and visits every block to learn that it has no more coefficients: the scan
// bomb.
func forgeProgressive(w, h, scans int) []byte {
	blocks := ((w + 7) / 8) * ((h + 7) / 8)
	out := []byte{0xff, 0xd8}
	out = append(out, segmentJPEG(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)...)
	out = append(out, headerJPEG(0xc2, w, h, 0x11)...)
	one := make([]byte, 16) // code lengths: a single code of one bit
	one[0] = 1
	out = append(out, segmentJPEG(0xc4, append(append([]byte{0x00}, one...), 0x00)...)...) // DC: category 0
	out = append(out, segmentJPEG(0xc4, append(append([]byte{0x10}, one...), 0xe0)...)...) // AC: end of band, 14 bits follow
	out = append(out, segmentJPEG(0xda, 1, 1, 0x00, 0, 0, 0)...)
	out = append(out, make([]byte, (blocks+7)/8)...)
	var runs []byte // '0' and fourteen ones: 32,767 blocks without coefficients
	bits, n := uint32(0), 0
	for done := 0; done < blocks; done += 32_767 {
		bits, n = bits<<15|0x3fff, n+15
		for n >= 8 {
			n -= 8
			b := byte(bits >> n)
			runs = append(runs, b)
			if b == 0xff {
				runs = append(runs, 0)
			}
		}
	}
	runs = append(runs, byte(bits<<(8-n)))
	for range scans - 1 {
		out = append(out, segmentJPEG(0xda, 1, 1, 0x00, 1, 63, 0)...)
		out = append(out, runs...)
	}
	return append(out, 0xff, 0xd9)
}

// exifTag is an entry of an IFD: value holds an ASCII string or a short.
type exifTag struct {
	id    uint16
	ascii string
	short uint16
}

// forgeEXIF is a big-endian TIFF block with the tags main in IFD0 and the tags sub in its Exif IFD.
func forgeEXIF(main, sub []exifTag) []byte {
	be := binary.BigEndian
	out := []byte("MM\x00\x2a\x00\x00\x00\x08")
	heap := 8 + 2 + 12*(len(main)+1) + 4 // where values of IFD0 go
	var values []byte
	ifd := func(tags []exifTag, more int) []byte {
		b := be.AppendUint16(nil, uint16(len(tags)+more))
		for _, tag := range tags {
			b = be.AppendUint16(b, tag.id)
			if tag.ascii == "" {
				b = be.AppendUint32(be.AppendUint16(b, 3), 1)
				b = be.AppendUint16(be.AppendUint16(b, tag.short), 0)
				continue
			}
			b = be.AppendUint32(be.AppendUint16(b, 2), uint32(len(tag.ascii)+1))
			b = be.AppendUint32(b, uint32(heap+len(values)))
			values = append(append(values, tag.ascii...), 0)
		}
		return b
	}
	b := ifd(main, 1)
	b = be.AppendUint32(be.AppendUint16(be.AppendUint16(b, 0x8769), 4), 1)
	b = be.AppendUint32(b, uint32(heap+len(values)))
	b = be.AppendUint32(b, 0) // no thumbnail
	out = append(append(out, b...), values...)
	heap, values = len(out)+2+12*len(sub)+4, nil
	b = be.AppendUint32(ifd(sub, 0), 0)
	return append(append(out, b...), values...)
}

// withEXIF puts a TIFF block into a JPEG, right behind its start.
func withEXIF(file, tiff []byte) []byte {
	out := append([]byte(nil), file[:2]...)
	out = append(out, segmentJPEG(0xe1, append([]byte("Exif\x00\x00"), tiff...)...)...)
	return append(out, file[2:]...)
}
