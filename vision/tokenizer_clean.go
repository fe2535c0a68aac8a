package vision

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean does what the reference does before it splits a text: repair, HTML unescaping twice, white space, lower case.
func clean(text string) string {
	if !plain(text) {
		text = unescape(unescape(repair(text)))
	}
	return lower(strings.Join(strings.Fields(text), " "))
}

// plain reports whether a text is ASCII with nothing to repair or unescape, as most are.
func plain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf, c == '&', c == 0x7f, c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f':
			return false
		}
	}
	return true
}

// lower is Python's str.lower. It differs from [strings.ToLower] in two: İ becomes two characters, and Σ at the end of a word
// becomes ς.
func lower(text string) string {
	if !strings.ContainsAny(text, "İΣ") {
		return strings.ToLower(text)
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && finalSigma(text[:i], text[i+len("Σ"):]):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// finalSigma is Unicode's Final_Sigma: a cased letter is before and none is after, those in between that have no case of
// their own, such as marks and apostrophes, left out.
func finalSigma(before, after string) bool {
	for before != "" {
		r, n := utf8.DecodeLastRuneInString(before)
		before = before[:len(before)-n]
		if !caseIgnorable(r) {
			if !cased(r) {
				return false
			}
			for _, r := range after {
				if !caseIgnorable(r) {
					return !cased(r)
				}
			}
			return true
		}
	}
	return false
}

// cased is Unicode's property Cased.
func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// caseIgnorable is Unicode's property Case_Ignorable.
func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("'.:·\u0387՟״‘’․‧︓﹒﹕＇．：", r)
}
