package catalog

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
)

// knownColumns lists the columns of a songs file for error messages.
const knownColumns = "title, artist, album, year, language, genres, tags, concepts, explicit, isrc, duration, file, preview, valence, arousal, spread, affect_source, mode, loudness, tempo, lyric"

var (
	columnNames = nameSet(strings.Split(knownColumns, ", "))
	listColumns = nameSet([]string{"genres", "tags", "concepts"})
)

func nameSet(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// EstimatedSpread is the affect spread of a song whose affect was given by a person or by our own judgement.
const EstimatedSpread = 0.25

// row holds the non-empty cells of one row by column.
type row map[string][]string

func (r row) text(column string) string {
	if values := r[column]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// number reads a cell; ok is false if it is empty.
func (r row) number(column string) (value float64, ok bool, err error) {
	text := r.text(column)
	if text == "" {
		return 0, false, nil
	}
	value, err = strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, false, r.refuse(column, "%q is no number", text)
	}
	return value, true, nil
}

func (r row) refuse(column, format string, args ...any) error {
	return &InvalidError{
		What:   Song{Title: r.text("title"), Artist: r.text("artist")}.String(),
		Field:  column,
		Reason: fmt.Sprintf(format, args...),
	}
}

// song turns the row into a normalised song.
func (r row) song(opts ReadOptions) (Song, error) {
	s := Song{
		Title: r.text("title"), Artist: r.text("artist"), Album: r.text("album"),
		Language: r.text("language"), Genres: slices.Clone(r["genres"]), ISRC: r.text("isrc"),
		Sources: Provenance{},
	}
	year, hasYear, err := r.number("year")
	if err != nil {
		return Song{}, err
	}
	if hasYear && year != float64(int(year)) {
		return Song{}, r.refuse("year", "%v is no year", year)
	}
	s.Year = int(year)
	if s.Duration, _, err = r.number("duration"); err != nil {
		return Song{}, err
	}
	if s.Explicit, err = r.flag("explicit"); err != nil {
		return Song{}, err
	}
	if err := r.concepts(&s, opts.Vocabulary); err != nil {
		return Song{}, err
	}
	if err := r.affect(&s, opts.Vocabulary); err != nil {
		return Song{}, err
	}
	if path := r.text("file"); path != "" {
		if !filepath.IsAbs(path) {
			path = filepath.Join(opts.Dir, path)
		}
		s.Previews = append(s.Previews, Preview{Kind: PreviewFile, Ref: path})
	}
	if address := r.text("preview"); address != "" {
		s.Previews = append(s.Previews, Preview{Kind: PreviewURL, Ref: address})
	}
	for field, present := range map[Field]bool{
		FieldIdentity: true, FieldYear: hasYear, FieldLanguage: s.Language != "", FieldGenres: len(s.Genres) > 0,
		FieldExplicit: r.text("explicit") != "", FieldAffect: s.Affect.Known, FieldConcepts: len(s.Concepts) > 0,
		FieldPreviews: len(s.Previews) > 0,
	} {
		if present {
			s.Sources[field] = opts.Source
		}
	}
	if err := r.affectSource(&s); err != nil {
		return Song{}, err
	}
	return s.Normalise()
}

func (r row) flag(column string) (bool, error) {
	switch text := strings.ToLower(r.text(column)); text {
	case "", "0", "false", "no", "n":
		return false, nil
	case "1", "true", "yes", "y":
		return true, nil
	default:
		return false, r.refuse(column, "%q: want true or false", text)
	}
}

// concepts resolves the columns concepts and tags. A tag that is a genre stays one.
func (r row) concepts(s *Song, vocabulary *tagging.Vocabulary) error {
	var ids []string
	for _, word := range r["concepts"] {
		c, ok := vocabulary.Resolve(word)
		if !ok {
			return r.refuse("concepts", "%q is not in the vocabulary", word)
		}
		ids = append(ids, c.ID)
	}
	for _, word := range r["tags"] {
		if c, ok := vocabulary.Resolve(word); ok && c.Kind != tagging.KindGenre {
			ids = append(ids, c.ID)
		} else {
			s.Genres = append(s.Genres, word)
		}
	}
	s.Concepts = tagging.NewRankedVector(ids...)
	return nil
}

// affectSource reads the source of valence and arousal. It cannot free them from the terms of the whole file's.
func (r row) affectSource(s *Song) error {
	text, err := cleanText(strings.ToLower(r.text("affect_source")))
	if err != nil {
		return r.refuse("affect_source", "%v", err)
	}
	if text != "" && s.Sources[FieldAffect].Trainable() {
		s.Sources[FieldAffect] = Source(text)
	}
	return nil
}

// affect reads valence and arousal, and the sound they rest on; without them it asks the concepts.
func (r row) affect(s *Song, vocabulary *tagging.Vocabulary) error {
	values := map[string]float64{}
	for _, column := range []string{"valence", "arousal", "spread", "mode", "loudness", "tempo", "lyric"} {
		value, ok, err := r.number(column)
		if err != nil {
			return err
		}
		if ok {
			values[column] = value
		}
	}
	has := func(columns ...string) int {
		n := 0
		for _, c := range columns {
			if _, ok := values[c]; ok {
				n++
			}
		}
		return n
	}
	switch has("mode", "loudness", "tempo", "lyric") {
	case 0:
	case 4:
		s.Sound = &Sound{Mode: values["mode"], Loudness: values["loudness"], Tempo: values["tempo"], Lyric: values["lyric"]}
	default:
		return r.refuse("mode", "want mode, loudness, tempo and lyric together, or none of them")
	}
	switch given := has("valence", "arousal"); {
	case given == 2:
		s.Affect = tagging.Estimate{
			Affect: tagging.Affect{Valence: values["valence"], Arousal: values["arousal"]},
			Spread: EstimatedSpread, Known: true,
		}
		if spread, ok := values["spread"]; ok {
			s.Affect.Spread = spread
		}
	case given == 0 && has("spread") == 0 && r.text("affect_source") == "":
		s.Affect = vocabulary.Affect(s.Concepts)
	case given == 0:
		return r.refuse("valence", "spread and affect_source need valence and arousal")
	default:
		return r.refuse("valence", "want valence and arousal together, or neither")
	}
	return nil
}
