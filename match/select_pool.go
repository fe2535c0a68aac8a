package match

import (
	"regexp"
	"strings"

	"github.com/soundtrack-go/sdk/catalog"
)

// minPool is how many of the best songs diversity chooses from. Below the hundredth, a song is too far from the picture
// for being different to make up for it.
const minPool = 100

// pooled is a song that may become a pick.
type pooled struct {
	*rated
	artist, title string // folded
}

// pool takes the best songs from falling ratings, the best version of each and at most the cap of an artist. Applying
// the cap here means that an artist is heard with the best fitting songs.
func (r *Ranker) pool(ratings []rated, count int) []pooled {
	limit := max(minPool, 2*count)
	var pool []pooled
	folded := map[string]string{} // artist as credited → folded, since folding is slow
	songs := map[string]int{}     // by folded artist
	seen := map[string]bool{}     // folded artist and title
	for i := range ratings {
		if len(pool) == limit {
			break
		}
		credited := ratings[i].candidate.Song.Artist
		artist, known := folded[credited]
		if known && songs[artist] >= r.config.artistCap {
			continue
		}
		key := versionKey(&ratings[i].candidate.Song)
		artist, title, _ := strings.Cut(key, "\x1f")
		folded[credited] = artist
		if seen[key] || songs[artist] >= r.config.artistCap {
			continue
		}
		seen[key] = true
		songs[artist]++
		pool = append(pool, pooled{&ratings[i], artist, title})
	}
	return pool
}

// recordingPattern finds a trailing remark that tells one recording of a song from another. What only tells releases
// apart is [catalog.FoldTitle]'s.
var recordingPattern = regexp.MustCompile(`(?i)\s*([(\[]|\s-\s)[^)\]]*\b(live|acoustic|unplugged|remix(ed)?|mix|demo|instrumental|edit|version|rerecorded|re-recorded|karaoke|sped up|slowed)\b[^)\]]*[)\]]?\s*$`)

// versionKey is the song's natural key without remarks about the recording: "Song (Live)" and "Song" share it.
func versionKey(s *catalog.Song) string {
	plain := catalog.Song{Artist: s.Artist, Title: s.Title}
	if strings.ContainsAny(s.Title, "([-") { // most titles need no second look
		plain.Title = catalog.FoldTitle(s.Title)
		if shorter := recordingPattern.ReplaceAllString(plain.Title, ""); strings.TrimSpace(shorter) != "" {
			plain.Title = shorter
		}
	}
	return string(plain.Key())
}
