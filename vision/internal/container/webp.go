package container

import (
	"encoding/binary"
)

// Flags of a VP8X chunk.
const (
	flagAnimation = 1 << 1
	flagAlpha     = 1 << 4
)

// scanWebP reads the chunks of a WebP file (RFC 9649). The picture's size is the canvas of the VP8X chunk where there is
// one, else that of the frame.
func scanWebP(data []byte) (Info, error) {
	info := Info{Kind: WebP}
	// The file's own length bounds it, as it bounds the decoder.
	body := data[12:]
	if size := int64(binary.LittleEndian.Uint32(data[4:])) - 4; size >= 0 && size < int64(len(body)) {
		body = body[:size]
	}
	var extended, framed, animated, alpha bool
	var alphaBytes int64 // what decoding a pixel of the alpha plane takes
	for len(body) >= 8 {
		kind, chunk, rest := nextChunk(body)
		body = rest
		info.Chunks++
		switch kind {
		case "VP8X":
			if extended || framed || len(chunk) < 10 {
				break
			}
			extended = true
			animated, alpha = chunk[0]&flagAnimation != 0, chunk[0]&flagAlpha != 0
			info.Width, info.Height = 1+int(u24(chunk[4:])), 1+int(u24(chunk[7:]))
		case "ALPH":
			alphaBytes = alphaMemory(chunk)
		case "VP8 ", "VP8L":
			if framed {
				break
			}
			w, h, ok := frameSize(kind, chunk)
			if !ok {
				return info, ErrTruncated
			}
			framed = true
			if !extended {
				info.Width, info.Height = w, h
			}
			info.Studio = kind == "VP8 "
			info.Opaque = opaque(kind, chunk, alpha)
			info.Memory = frameMemory(kind, max(w, info.Width), max(h, info.Height), alphaBytes)
		case "ANMF":
			if framed || !animated {
				break
			}
			if !info.still(chunk) {
				return info, ErrTruncated
			}
			framed = true
		case "EXIF":
			if info.EXIF == nil {
				info.EXIF = metadata(chunk)
			}
		}
	}
	if !framed {
		return info, ErrTruncated
	}
	return info, nil
}

// nextChunk splits the first chunk off. A chunk that claims more than there is gets what is left.
func nextChunk(p []byte) (kind string, chunk, rest []byte) {
	kind = string(p[:4])
	length := int64(binary.LittleEndian.Uint32(p[4:]))
	p = p[8:]
	if length >= int64(len(p)) {
		return kind, p, nil
	}
	chunk, rest = p[:length], p[length:]
	if length&1 == 1 {
		rest = rest[1:]
	}
	return kind, chunk, rest
}

// still makes a file of the first frame of an animation, so that a decoder for still pictures can read it.
func (info *Info) still(frame []byte) bool {
	const header = 16 // position, size, duration, flags
	if len(frame) < header {
		return false
	}
	info.X, info.Y = 2*int(u24(frame)), 2*int(u24(frame[3:]))
	w, h := 1+int(u24(frame[6:])), 1+int(u24(frame[9:]))
	if info.X+w > info.Width || info.Y+h > info.Height {
		return false
	}
	var alpha, alphaChunk []byte
	var alphaBytes int64
	for p := frame[header:]; len(p) >= 8; {
		kind, chunk, rest := nextChunk(p)
		whole := p[:len(p)-len(rest)]
		p = rest
		switch kind {
		case "ALPH":
			alpha, alphaChunk = whole, chunk
			alphaBytes = alphaMemory(alphaChunk)
		case "VP8 ", "VP8L":
			fw, fh, ok := frameSize(kind, chunk)
			if !ok || fw != w || fh != h {
				return false
			}
			info.Studio = kind == "VP8 "
			info.Opaque = opaque(kind, chunk, alpha != nil)
			info.Memory = frameMemory(kind, w, h, alphaBytes)
			info.Still = stillFile(frame[6:12], alpha, whole)
			return true
		}
	}
	return false
}

// stillFile writes RIFF, VP8X, alpha if any, and the frame's data. size is the frame's width and height, as ANMF and
// VP8X both write them.
func stillFile(size, alpha, data []byte) []byte {
	out := make([]byte, 0, 30+len(alpha)+len(data)+1)
	out = append(out, "RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"...)
	if alpha != nil {
		out[20] = flagAlpha
	}
	out = append(out, size...)
	out = append(out, alpha...)
	out = append(out, data...)
	if len(out)&1 == 1 {
		out = append(out, 0)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

// frameSize reads the size out of a VP8 or VP8L chunk.
func frameSize(kind string, chunk []byte) (w, h int, ok bool) {
	if kind == "VP8L" {
		if len(chunk) < 5 || chunk[0] != 0x2f {
			return 0, 0, false
		}
		bits := binary.LittleEndian.Uint32(chunk[1:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff), true
	}
	if len(chunk) < 10 || chunk[3] != 0x9d || chunk[4] != 0x01 || chunk[5] != 0x2a {
		return 0, 0, false
	}
	return int(binary.LittleEndian.Uint16(chunk[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(chunk[8:]) & 0x3fff), true
}

// opaque says whether neither the canvas nor a VP8L frame's own header speaks of alpha. The decoder returns alpha all the
// same, which libwebp then ignores.
func opaque(kind string, chunk []byte, alpha bool) bool {
	return kind == "VP8L" && !alpha && chunk[4]>>4&1 == 0
}

// frameMemory is what x/image/webp allocates: 4 bytes a pixel for lossless pictures, and as much again while colour
// indices are unpacked; 1.5 for the planes of lossy ones in whole macroblocks, plus alpha.
func frameMemory(kind string, w, h int, alphaBytes int64) int64 {
	pixels := int64(w) * int64(h)
	if kind == "VP8L" {
		return 8 * pixels
	}
	blocks := ((int64(w) + 15) / 16) * ((int64(h) + 15) / 16)
	return blocks*256*3/2 + alphaBytes*pixels
}

// alphaMemory is what x/image/webp allocates for a pixel of an ALPH chunk: one byte, and the picture that it decodes
// from if it is compressed.
func alphaMemory(chunk []byte) int64 {
	if len(chunk) > 0 && chunk[0]&3 == 1 {
		return 1 + 8
	}
	return 1
}

func u24(p []byte) uint32 { return uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 }
