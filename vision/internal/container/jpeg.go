package container

import "bytes"

// JPEG markers (ITU-T T.81, table B.1).
const (
	markerSOF0  = 0xc0
	markerSOF2  = 0xc2
	markerSOF15 = 0xcf
	markerDHT   = 0xc4
	markerJPG   = 0xc8
	markerDAC   = 0xcc
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerAPP0  = 0xe0
	markerAPP1  = 0xe1
	markerAPP14 = 0xee
)

// scanJPEG walks the segments up to the end marker and counts scans. Segments are stepped over by their length, so that
// the scans of an EXIF thumbnail do not count; entropy-coded data is searched for the next marker.
func scanJPEG(data []byte) (Info, error) {
	info := Info{Kind: JPEG}
	var frame []byte // the frame header's segment
	var progressive, jfif, adobe bool
	var transform byte
	for p := data[2:]; ; {
		marker, rest, ok := nextMarker(p)
		if !ok || marker == markerEOI {
			break
		}
		p = rest
		if marker >= markerRST0 && marker <= markerSOI || marker == 0x01 {
			continue // these have no length
		}
		if len(p) < 2 {
			break
		}
		length := int(p[0])<<8 | int(p[1])
		if length < 2 || length > len(p) {
			break
		}
		segment := p[2:length]
		p = p[length:]
		switch {
		case marker == markerSOS:
			info.Scans++
		case marker >= markerSOF0 && marker <= markerSOF15 &&
			marker != markerDHT && marker != markerJPG && marker != markerDAC:
			if frame == nil {
				frame, progressive = segment, marker == markerSOF2
			}
		case marker == markerAPP0:
			jfif = bytes.HasPrefix(segment, []byte("JFIF\x00"))
		case marker == markerAPP1 && info.EXIF == nil && bytes.HasPrefix(segment, []byte("Exif\x00\x00")):
			info.EXIF = metadata(segment)
		case marker == markerAPP14 && len(segment) >= 12 && bytes.HasPrefix(segment, []byte("Adobe")):
			adobe, transform = true, segment[11]
		}
	}
	if len(frame) < 6 {
		return info, ErrTruncated
	}
	info.Height, info.Width = int(frame[1])<<8|int(frame[2]), int(frame[3])<<8|int(frame[4])
	n := int(frame[5])
	if len(frame) < 6+3*n {
		return info, ErrTruncated
	}
	components := frame[6 : 6+3*n]
	rgb := n == 3 && !jfif && (adobe && transform == 0 || components[0] == 'R' && components[3] == 'G' && components[6] == 'B')
	info.Memory = memoryJPEG(info.Width, info.Height, components, progressive, rgb)
	return info, nil
}

// nextMarker finds the next marker and returns what follows it.
func nextMarker(p []byte) (marker byte, rest []byte, ok bool) {
	for {
		i := bytes.IndexByte(p, 0xff)
		if i < 0 || i+1 >= len(p) {
			return 0, nil, false
		}
		switch m := p[i+1]; m {
		case 0x00: // a stuffed byte of entropy-coded data
			p = p[i+2:]
		case 0xff: // a fill byte
			p = p[i+1:]
		default:
			return m, p[i+2:], true
		}
	}
}

// memoryJPEG adds up the planes that the decoders allocate: whole MCUs, one byte a sample; two bytes a sample for the
// coefficients of a progressive picture; and for RGB and four components, which image/jpeg decodes, four bytes a coefficient
// and four a pixel.
func memoryJPEG(w, h int, components []byte, progressive, rgb bool) int64 {
	n := len(components) / 3
	var h0, v0 int64 = 1, 1
	for i := range n {
		h0 = max(h0, int64(components[3*i+1]>>4))
		v0 = max(v0, int64(components[3*i+1]&15))
	}
	mcus := ((int64(w) + 8*h0 - 1) / (8 * h0)) * ((int64(h) + 8*v0 - 1) / (8 * v0))
	var samples int64
	for i := range n {
		ch, cv := int64(components[3*i+1]>>4), int64(components[3*i+1]&15)
		if n == 1 {
			ch, cv = h0, v0 // a single component is never subsampled
		}
		samples += mcus * 64 * ch * cv
	}
	memory, coefficient := samples, int64(2)
	if n == 4 || rgb {
		memory += 4 * int64(w) * int64(h)
		coefficient = 4
	}
	if progressive {
		memory += coefficient * samples
	}
	return memory
}
