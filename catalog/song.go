package catalog

import (
	"github.com/soundtrack-go/sdk/tagging"
)

// ID identifies a song within a store. It is derived from the song's [Key], so it is the same in every store.
type ID string

// Song is one recording with everything that matching needs. Only Title and Artist are required; a zero value of any
// other field means "not known". Songs are values: stores copy them in and out.
type Song struct {
	ID     ID     // set by [Song.Normalise] from the Key if empty
	Title  string // as released
	Artist string // the main act as credited
	Album  string

	Year     int    // of first release; 0 if unknown, else 1860 to 2100
	Language string // ISO 639 code in lower case, "zxx" for instrumentals, "" if unknown
	Genres   []string
	Explicit bool
	ISRC     string
	// Duration in seconds; 0 if unknown.
	Duration float64

	// Affect is the emotion that listeners perceive in the recording. Affect.Known is false if nobody judged.
	Affect tagging.Estimate
	// Sound holds the perceptual judgements that Affect rests on; nil if nobody judged.
	Sound *Sound
	// Concepts are the moods and the imagery that the song evokes, in the vocabulary of package tagging.
	Concepts tagging.ConceptVector
	// Embeddings holds unit vectors by space ([vision.ModelInfo.Space]). Vectors of two spaces are never compared.
	Embeddings map[string][]float32

	Previews []Preview
	// Sources says where each field came from; nil if unknown. See [Provenance].
	Sources Provenance
}

// Sound is how a recording sounds and what it says, judged before its affect.
type Sound struct {
	Mode     float64 // brightness of mode and harmony, 0 dark minor … 1 bright major
	Loudness float64 // loudness and density, 0 sparse … 1 wall of sound
	Tempo    float64 // tempo feel, 0 very slow … 1 very fast
	Lyric    float64 // positivity of the words, -1 … 1; 0 for instrumentals
}

// TempoBand is a coarse tempo, for people and filters.
type TempoBand string

// Tempo bands. The zero value means unknown.
const (
	TempoUnknown TempoBand = ""
	TempoSlow    TempoBand = "slow"
	TempoMedium  TempoBand = "medium"
	TempoFast    TempoBand = "fast"
)

// TempoBand derives the band from Sound.Tempo: slow below .35, fast above .65.
func (s Song) TempoBand() TempoBand {
	switch {
	case s.Sound == nil:
		return TempoUnknown
	case s.Sound.Tempo < .35:
		return TempoSlow
	case s.Sound.Tempo > .65:
		return TempoFast
	default:
		return TempoMedium
	}
}

// PreviewKind says how a preview is reached.
type PreviewKind string

// Kinds of previews.
const (
	PreviewDemo   PreviewKind = "demo"   // a track that soundtrack synthesises itself; Ref is its name
	PreviewFile   PreviewKind = "file"   // a local audio file; Ref is its path
	PreviewURL    PreviewKind = "url"    // an https address that does not expire; Ref is the address
	PreviewDeezer PreviewKind = "deezer" // a Deezer track id; the address is resolved at play time
	PreviewITunes PreviewKind = "itunes" // an iTunes track id; the address is resolved at play time
)

// Preview is a reference to something playable. Addresses that expire are never stored, only ids.
type Preview struct {
	Kind PreviewKind
	Ref  string
}

// Playable reports whether the song has a preview that needs no look-up by name.
func (s Song) Playable() bool { return len(s.Previews) > 0 }

// PlayableOffline reports whether the song has a preview that needs no network.
func (s Song) PlayableOffline() bool {
	for _, p := range s.Previews {
		if p.Kind == PreviewDemo || p.Kind == PreviewFile {
			return true
		}
	}
	return false
}

// Clone returns a deep copy: nothing of it is shared with s.
func (s Song) Clone() Song {
	c := s
	c.Genres = append([]string(nil), s.Genres...)
	c.Concepts = append(tagging.ConceptVector(nil), s.Concepts...)
	c.Previews = append([]Preview(nil), s.Previews...)
	if s.Sound != nil {
		sound := *s.Sound
		c.Sound = &sound
	}
	if s.Embeddings != nil {
		c.Embeddings = make(map[string][]float32, len(s.Embeddings))
		for space, vector := range s.Embeddings {
			c.Embeddings[space] = append([]float32(nil), vector...)
		}
	}
	if s.Sources != nil {
		c.Sources = make(Provenance, len(s.Sources))
		for field, source := range s.Sources {
			c.Sources[field] = source
		}
	}
	return c
}
