package container

import "encoding/binary"

// fullIDAT is the size from which an IDAT chunk does not count towards Chunks. Encoders cut picture data into pieces of
// 8 KiB and more, so that a large PNG has thousands of them; the cap on bytes bounds those. What remains are the
// chunks that cost without carrying anything.
const fullIDAT = 4096

// scanPNG reads the IHDR chunk, which comes first, and counts the others up to IEND.
func scanPNG(data []byte) (Info, error) {
	info := Info{Kind: PNG}
	var transparent bool
	var header []byte
	p := data[8:]
	for len(p) >= 8 {
		length := int64(binary.BigEndian.Uint32(p))
		kind := string(p[4:8])
		if kind != "IDAT" || length < fullIDAT {
			info.Chunks++
		}
		if 12+length > int64(len(p)) {
			// A cut chunk: its decoder will say so. The picture's size may be known all the same.
			if kind == "IHDR" && len(p) >= 8+13 && header == nil {
				header = p[8 : 8+13]
			}
			break
		}
		body := p[8 : 8+length]
		p = p[12+length:]
		switch kind {
		case "IHDR":
			if header == nil && len(body) >= 13 {
				header = body
			}
		case "tRNS":
			transparent = true
		case "eXIf":
			if info.EXIF == nil {
				info.EXIF = metadata(body)
			}
		case "IEND":
			p = nil
		}
	}
	if header == nil {
		return info, ErrTruncated
	}
	w, h := binary.BigEndian.Uint32(header), binary.BigEndian.Uint32(header[4:])
	if w > 1<<31-1 || h > 1<<31-1 {
		return info, ErrTruncated
	}
	info.Width, info.Height = int(w), int(h)
	info.Memory = mulSat(int64(w)*int64(h), bytesPNG(header[8], header[9], transparent))
	if header[12] != 0 && info.Memory < 1<<62 {
		info.Memory += info.Memory / 2 // interlaced: the largest pass, half of the pixels, is decoded apart and merged
	}
	return info, nil
}

// bytesPNG is what image/png allocates for a pixel.
func bytesPNG(depth, colour byte, transparent bool) int64 {
	size := int64(1)
	if depth == 16 {
		size = 2
	}
	switch colour {
	case 0: // grey
		if transparent {
			return 4 * size
		}
		return size
	case 3: // palette
		return 1
	default: // grey with alpha, RGB, RGBA
		return 4 * size
	}
}

// mulSat is a·b, or the largest int64 if that overflows. Both are at least 0.
func mulSat(a, b int64) int64 {
	if b != 0 && a > (1<<63-1)/b {
		return 1<<63 - 1
	}
	return a * b
}
