package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Key is a song's natural key: its artist and title after folding. Two songs with one key are the same song, so a
// remaster, a "feat." credit or another spelling does not make a second one.
type Key string

// Key returns the song's natural key.
func (s Song) Key() Key { return Key(foldOr(s.Artist) + "\x1f" + foldOr(FoldTitle(s.Title))) }

// ID derives the identifier that stores use: "s" and the first 15 hex digits of the key's SHA-256.
func (k Key) ID() ID {
	sum := sha256.Sum256([]byte(k))
	return ID("s" + hex.EncodeToString(sum[:])[:15])
}

// Fold prepares text for comparison: lower case, no accents, no punctuation, single spaces. Letters and digits of
// every script are kept. Text that has neither folds to "".
func Fold(text string) string {
	stripped := text
	if !isASCII(text) { // ASCII has nothing to decompose, and a transformer costs 12 kB
		// A transformer has state, so each call makes its own.
		out, _, err := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFKC), text)
		if err == nil {
			stripped = out
		}
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(stripped), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldOr folds text, or trims it if folding leaves nothing: "???" and "!!!" stay different songs.
func foldOr(text string) string {
	if folded := Fold(text); folded != "" {
		return folded
	}
	return strings.TrimSpace(text)
}

var (
	// featPattern finds a guest credit up to the end of the text or its bracket.
	featPattern = regexp.MustCompile(`(?i)\s*[(\[]?\b(feat\.?|ft\.?|featuring)\s[^)\]]*[)\]]?`)
	// versionPattern finds a trailing remark about the release rather than the song.
	versionPattern = regexp.MustCompile(`(?i)\s*([(\[]|\s-\s)[^)\]]*\b(remaster(ed)?|mono|stereo|album version|single version|radio edit|original mix|deluxe|bonus track)\b[^)\]]*[)\]]?\s*$`)
)

// FoldTitle removes what does not distinguish songs from a title: guest credits and remarks such as "(2011 Remaster)".
// Live, acoustic and remixed versions are other recordings and stay.
func FoldTitle(title string) string {
	shorter := versionPattern.ReplaceAllString(featPattern.ReplaceAllString(title, ""), "")
	if strings.TrimSpace(shorter) == "" {
		return title
	}
	return shorter
}
