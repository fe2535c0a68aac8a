package vision

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// maxRepairs bounds how often a text is repaired again; it stands still after two or three.
const maxRepairs = 32

// repair is the part of ftfy 6.3's fix_text that changes texts other than those decoded in a wrong encoding, line by line.
// HTML entities are left from the first line on that has a "<", for then the text may be HTML on purpose.
func repair(text string) string {
	var b strings.Builder
	entities := true
	for line := range strings.Lines(text) {
		entities = entities && !strings.Contains(line, "<")
		for range maxRepairs {
			before := line
			if entities {
				line = unescapeComplete(line)
			}
			line = norm.NFC.String(withoutControls(withoutEscapes(simplified(line))))
			if line == before {
				break
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

// simplified replaces characters that stand for others: C1 controls, ligatures, forms of another width, curly quotes. Line
// breaks need no replacement, being white space.
func simplified(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r >= 0x80 && r < 0xa0 {
			r = windows1252(byte(r))
		}
		if s := simple(r); s != "" {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// simple returns what r stands for, "" if for itself.
func simple(r rune) string {
	switch {
	case r < 0x132:
		return ""
	case r == 'ʼ' || r >= '‘' && r <= '‛':
		return "'"
	case r >= '“' && r <= '‟':
		return `"`
	case r == '\u3000': // the ideographic space
		return " "
	case r >= 0xff01 && r <= 0xffef: // half and full width
		return norm.NFKC.String(string(r))
	default:
		return ligatures[r]
	}
}

// ligatures holds those of Latin letters that are one for no reason but the looks, or an old encoding's.
var ligatures = map[rune]string{
	'Ĳ': "IJ", 'ĳ': "ij", 'ŉ': "ʼn",
	'Ǳ': "DZ", 'ǲ': "Dz", 'ǳ': "dz", 'Ǆ': "DŽ", 'ǅ': "Dž", 'ǆ': "dž",
	'Ǉ': "LJ", 'ǈ': "Lj", 'ǉ': "lj", 'Ǌ': "NJ", 'ǋ': "Nj", 'ǌ': "nj",
	'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl", 'ﬅ': "ſt", 'ﬆ': "st",
}

// windows1252 reads a byte from 0x80 to 0x9f as Windows does. Five of them it does not know; they stay C1 controls.
func windows1252(b byte) rune {
	if r := charmap.Windows1252.DecodeByte(b); r != utf8.RuneError {
		return r
	}
	return rune(b)
}

// withoutEscapes removes what colours a terminal: ESC [, digits and semicolons, a letter.
func withoutEscapes(text string) string {
	const start = "\x1b["
	if !strings.Contains(text, start) {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, start)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		rest := strings.TrimLeftFunc(after, func(r rune) bool { return r == ';' || unicode.IsDigit(r) })
		if rest != "" && lowerByte(rest[0]) >= 'a' && lowerByte(rest[0]) <= 'z' {
			text = rest[1:]
			continue
		}
		b.WriteString(start)
		text = after
	}
}

// withoutControls removes characters that no text is meant to have: controls that are not white space, deprecated Arabic
// ones, marks of annotations and objects, the byte order mark.
func withoutControls(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\f', r == '\r':
			return r
		case r < ' ', r == 0x7f, r >= 0x206a && r <= 0x206f, r == 0xfeff, r >= 0xfff9 && r <= 0xfffc:
			return -1
		default:
			return r
		}
	}, text)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
