package catalog

import "fmt"

// Source is where a stored field came from. The constants are the sources that the project knows; a user's own source
// is any other non-empty string and may be used for training, since the user brought it.
type Source string

// Known sources.
const (
	SourceSeed        Source = "seed"        // the seed catalogue, written by the project
	SourceUser        Source = "user"        // a file or call of the user
	SourceDemo        Source = "demo"        // synthesised by the project
	SourceMusicBrainz Source = "musicbrainz" // core data, CC0
	SourceDeezer      Source = "deezer"
	SourceITunes      Source = "itunes"
	SourceSpotify     Source = "spotify"
)

// Trainable reports whether the source's terms allow learning from it, embedding it or putting it into a prompt.
// Spotify's do not.
func (s Source) Trainable() bool { return s != SourceSpotify }

// Field names a field of [Song] in a [Provenance].
type Field string

// Fields that carry provenance.
const (
	FieldIdentity Field = "identity" // title, artist, album, ISRC, duration
	FieldYear     Field = "year"
	FieldLanguage Field = "language"
	FieldGenres   Field = "genres"
	FieldExplicit Field = "explicit"
	FieldAffect   Field = "affect" // with Sound
	FieldConcepts Field = "concepts"
	FieldPreviews Field = "previews"
)

// Provenance maps fields to sources. A field that is absent has an unknown source.
type Provenance map[Field]Source

// Validate refuses affect or concepts whose source may not be learned from: those fields are derived by models and
// judgements that such a source must never reach.
func (p Provenance) Validate() error {
	for _, field := range []Field{FieldAffect, FieldConcepts} {
		if source, ok := p[field]; ok && !source.Trainable() {
			return fmt.Errorf("catalog: %s comes from %s, whose terms forbid deriving it", field, source)
		}
	}
	return nil
}
