package vision

import (
	"html"
	"strings"
	"unicode/utf8"
)

// unescape is Python's html.unescape: HTML 5's rules, where old names need no semicolon; but references to controls and
// to what is no character vanish.
func unescape(text string) string { return replaceReferences(text, reference) }

// unescapeComplete is ftfy's more careful way: only references with their semicolon, but also names all in upper case, such
// as "&EACUTE;".
func unescapeComplete(text string) string { return replaceReferences(text, completeReference) }

// replaceReferences calls replace with what comes after each &. It returns what to write in place of & and the n bytes after
// it.
func replaceReferences(text string, replace func(after string) (s string, n int)) string {
	if !strings.Contains(text, "&") {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		s, n := replace(after)
		b.WriteString(s)
		text = after[n:]
	}
}

func reference(after string) (string, int) {
	if strings.HasPrefix(after, "#") {
		return numericReference(after)
	}
	n := alphanumeric(after)
	if n < len(after) && after[n] == ';' {
		n++
	}
	return unescapeName("&" + after[:n]), n
}

// completeLength bounds a reference that ftfy sees, without & and semicolon.
const completeLength = 24

func completeReference(after string) (string, int) {
	if number, ok := strings.CutPrefix(after, "#"); ok {
		s, n := numericReference(after)
		if n < 2 || after[n-1] != ';' || s == ";" || alphanumeric(number) > completeLength {
			return "&", 0
		}
		return s, n
	}
	n := alphanumeric(after)
	if n == 0 || n > completeLength || n == len(after) || after[n] != ';' {
		return "&", 0
	}
	name := after[:n]
	if s, ok := named(name); ok {
		return s, n + 1
	}
	whole := "&" + name + ";"
	ambiguous := unescapeName(whole) != whole // it begins with an old name, as "&AMPLE;" with "AMP"
	if !ambiguous && name == strings.ToUpper(name) {
		if s, ok := named(strings.ToLower(name)); ok {
			return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS"), n + 1
		}
	}
	return "&", 0
}

// named returns the character of the whole of "&name;".
func named(name string) (string, bool) {
	s := unescapeName("&" + name + ";")
	return s, !strings.HasSuffix(s, ";") || name == "semi"
}

// unescapeName is html.UnescapeString with two names of HTML 5 that Go 1.26 lacks.
func unescapeName(reference string) string {
	switch reference {
	case "&nGt;":
		return "≫\u20d2"
	case "&nLt;":
		return "≪\u20d2"
	default:
		return html.UnescapeString(reference)
	}
}

// numericReference reads "#233;" or "#xe9;", the semicolon optional. It returns "&" and 0 if there is no number.
func numericReference(after string) (string, int) {
	n, base := 1, 10
	if len(after) > 1 && after[1]|0x20 == 'x' {
		n, base = 2, 16
	}
	start, value := n, 0
	for ; n < len(after); n++ {
		digit := strings.IndexByte("0123456789abcdef", lowerByte(after[n]))
		if digit < 0 || digit >= base {
			break
		}
		value = min(value*base+digit, utf8.MaxRune+1)
	}
	if n == start {
		return "&", 0
	}
	if n < len(after) && after[n] == ';' {
		n++
	}
	switch r := rune(value); {
	case r == 0 || !utf8.ValidRune(r):
		return string(utf8.RuneError), n
	case r >= 0x80 && r < 0xa0:
		return string(windows1252(byte(r))), n
	case r < ' ' && r != '\t' && r != '\n' && r != '\f' && r != '\r',
		r == 0x7f, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return "", n
	default:
		return string(r), n
	}
}

// alphanumeric returns how many ASCII letters and digits text starts with.
func alphanumeric(text string) int {
	n := 0
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || lowerByte(text[n]) >= 'a' && lowerByte(text[n]) <= 'z') {
		n++
	}
	return n
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
