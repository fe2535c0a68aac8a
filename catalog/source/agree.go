package source

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
)

// durationTolerance is how far the lengths of one recording may differ between two services: fades are cut differently.
const durationTolerance = 3 * time.Second

// otherTitle lists words that make a title another recording, and otherRelease those that tell it of an album or act.
// They are folded and matched as whole words. The second list is shorter since "Tribute" and "Live" are good albums.
var (
	otherTitle = []string{
		"mixed", "karaoke", "tribute", "sped up", "speed up", "slowed", "slowed down", "reverb", "nightcore", "8 bit",
		"8bit", "lullaby", "lullabies", "instrumental", "cover", "covers", "backing track", "playback", "minus one",
		"made famous", "made popular", "originally performed", "in the style of", "as performed", "live", "acoustic",
		"unplugged", "remix", "mashup", "demo", "a cappella", "acapella", "orchestral", "piano version",
		"string quartet", "music box", "ringtone", "re recorded", "rerecorded", "reprise", "rehearsal", "outtake",
	}
	otherRelease = []string{
		"mixed", "dj mix", "karaoke", "sped up", "slowed", "nightcore", "8 bit", "8bit", "lullaby renditions",
		"made famous", "originally performed", "in the style of", "ringtone",
	}
)

var (
	// bracket finds a bracketed remark.
	bracket = regexp.MustCompile(`[(\[][^()\[\]]*[)\]]`)
	// harmless finds remarks that name the same recording: where it was first heard, or its rating.
	harmless = regexp.MustCompile(`(?i)^[(\[]\s*((love |main |end )?(theme|title|song)?\s*from\b.*|original( version| recording)?|explicit|clean)\s*[)\]]$`)
	// between finds what joins the names of a credit.
	between = regexp.MustCompile(`(?i)\s*[,;/&+]\s*|\s+(?:and|und|et|y|with|x|vs\.?|feat\.?|ft\.?|featuring)\s+`)
)

// Agrees reports whether hit is a recording of the wanted song. All of this must hold:
//
//   - The titles are the same after folding: case, accents, punctuation, "and" for "&", guest credits and remarks about
//     the release do not count ([catalog.FoldTitle]). A bracketed remark that only one title has is passed over if it says
//     where the song is from, or if both lengths are known.
//   - The wanted artist is one of those credited. Of a wanted credit of several, the first is enough.
//   - The lengths differ by at most 3 s, where both are known.
//   - Neither title has a word for another recording (mixed, karaoke, tribute, sped up, slowed, 8-bit, lullaby,
//     instrumental, cover, live, remix and more) that the other lacks, nor the hit's album or artist one that the
//     wanted song lacks.
//
// It looks at Title, Artist, Album and Duration of wanted. A song or hit without title or artist never agrees.
func Agrees(wanted catalog.Song, hit Track) bool {
	if wanted.Title == "" || wanted.Artist == "" || hit.Title == "" || hit.Artist == "" {
		return false
	}
	lengths := wanted.Duration > 0 && hit.Duration > 0
	if lengths {
		difference := time.Duration(wanted.Duration*float64(time.Second)) - hit.Duration
		if difference.Abs() > durationTolerance {
			return false
		}
	}
	return sameWords(wanted, hit) && sameTitle(wanted.Title, hit.Title, lengths) && sameArtist(wanted.Artist, hit)
}

// sameWords compares the words for other recordings.
func sameWords(wanted catalog.Song, hit Track) bool {
	ours, theirs := catalog.Fold(wanted.Title), catalog.Fold(hit.Title)
	for _, word := range otherTitle {
		if hasWords(ours, word) != hasWords(theirs, word) {
			return false
		}
	}
	all := catalog.Fold(wanted.Title + " " + wanted.Artist + " " + wanted.Album)
	release := catalog.Fold(hit.Album + " " + hit.Artist)
	return !slices.ContainsFunc(otherRelease, func(word string) bool {
		return hasWords(release, word) && !hasWords(all, word)
	})
}

// hasWords reports whether folded text holds words, not only as a part of longer ones.
func hasWords(text, words string) bool { return strings.Contains(" "+text+" ", " "+words+" ") }

func sameTitle(ours, theirs string, lengths bool) bool {
	a, b := catalog.FoldTitle(ours), catalog.FoldTitle(theirs)
	if squash(a) == squash(b) {
		return true
	}
	drop := func(remark string) string {
		if lengths || harmless.MatchString(remark) {
			return ""
		}
		return remark
	}
	shortA, shortB := bracket.ReplaceAllStringFunc(a, drop), bracket.ReplaceAllStringFunc(b, drop)
	if catalog.Fold(shortA) == "" || catalog.Fold(shortB) == "" {
		return false
	}
	// Two titles with different remarks are two recordings, so at most one of them is shortened.
	return squash(shortA) == squash(b) || squash(a) == squash(shortB)
}

func sameArtist(ours string, hit Track) bool {
	theirs := append([]string{hit.Artist}, hit.Artists...)
	var names []string
	for _, credit := range theirs {
		names = append(names, squash(credit))
		for _, name := range between.Split(credit, -1) {
			names = append(names, squash(name))
		}
	}
	if slices.Contains(names, squash(ours)) {
		return true
	}
	first := squash(between.Split(ours, 2)[0])
	return first != "" && slices.ContainsFunc(theirs, func(credit string) bool { return squash(credit) == first })
}

// squash folds text and removes what spellings differ in: spaces, "and", and "the" in front. Text that has no letters
// is only trimmed: "???" is a title.
func squash(text string) string {
	words := strings.Fields(catalog.Fold(text))
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "and" })
	if len(kept) > 1 && kept[0] == "the" {
		kept = kept[1:]
	}
	if len(kept) == 0 {
		kept = words
	}
	if len(kept) == 0 {
		return strings.TrimSpace(text)
	}
	return strings.Join(kept, "")
}
