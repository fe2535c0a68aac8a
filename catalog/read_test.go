package catalog

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/tagging"
)

func TestReadCSV(t *testing.T) {
	t.Parallel()
	const file = "\ufeffTitle,Artist,Year,Language,Genres,Tags,Explicit,File,Valence,Arousal\n" +
		"Sea Song,Ann,1984,EN,Dream Pop;folk,ocean;calm;shoegaze,no,music/sea.wav,.4,-.5\n" +
		`"With, comma",Bob,,,,,,,,` + "\n"
	songs, problems, err := Read(strings.NewReader(file), FormatCSV, ReadOptions{Dir: "lib"})
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, songs, 2)
	s := songs[0]
	require.Equal(t, "en", s.Language)
	require.Equal(t, []string{"dream-pop", "folk", "shoegaze"}, s.Genres) // a tag that is a genre or no concept is a genre
	require.Positive(t, s.Concepts.Weight("sea"), "ocean is a synonym of sea")
	require.Greater(t, s.Concepts.Weight("sea"), s.Concepts.Weight("calm"), "lists fall in importance")
	require.Equal(t, tagging.Affect{Valence: .4, Arousal: -.5}, s.Affect.Affect)
	require.True(t, s.Affect.Known)
	require.Equal(t, []Preview{{Kind: PreviewFile, Ref: "lib/music/sea.wav"}}, s.Previews)
	require.Equal(t, SourceUser, s.Sources[FieldAffect])
	require.False(t, songs[1].Affect.Known, "nothing says how it feels")
	require.Equal(t, "With, comma", songs[1].Title)
}

func TestReadJSONL(t *testing.T) {
	t.Parallel()
	const file = `{"title":"A","artist":"X","year":1990,"genres":["pop"],"concepts":["sea","night"],"explicit":true,"preview":"https://example.org/a.mp3"}

{"title":"B","artist":"Y","mode":0.5,"loudness":0.5,"tempo":0.5,"lyric":-0.5,"valence":0,"arousal":0}
`
	songs, problems, err := Read(strings.NewReader(file), FormatJSONL, ReadOptions{})
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Len(t, songs, 2)
	require.True(t, songs[0].Explicit)
	require.True(t, songs[0].Affect.Known, "estimated from its concepts")
	require.Equal(t, &Sound{Mode: .5, Loudness: .5, Tempo: .5, Lyric: -.5}, songs[1].Sound)
}

// Each bad row is skipped with its line and its reason; the good rows around it stay.
func TestReadSkipsBadRows(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, line, want string }{
		{"no title", ",X,,,,,,", "title: is empty"},
		{"year", "T,X,soon,,,,,", `"soon" is no number`},
		{"half year", "T,X,1990.5,,,,,", "is no year"},
		{"old year", "T,X,1066,,,,,", "1066: want 1860"},
		{"language", "T,X,,English,,,,", "want an ISO 639 code"},
		{"explicit", "T,X,,,maybe,,,", "want true or false"},
		{"one axis", "T,X,,,,.5,,", "valence and arousal together"},
		{"range", "T,X,,,,1.5,0,", "valence 1.5: want -1 to 1"},
		{"not finite", "T,X,,,,NaN,0,", "valence NaN"},
		{"concept", "T,X,,,,,,flying saucer sauce", "not in the vocabulary"},
		{"fields", "T,X", "has 2 fields, the header 8"},
		{"quote", `T,X,,,,,,"a"b`, "csv"},
		{"control", "T\x07,X,,,,,,", "U+0007"},
		{"bidi", "T\u202e,X,,,,,,", "U+202E"},
		{"twice", "First,A,,,,,,", "the same song stands in line 2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			file := "title,artist,year,language,explicit,valence,arousal,concepts\nFirst,A,,,,,,\n" + row.line + "\nLast,Z,,,,,,\n"
			songs, problems, err := Read(strings.NewReader(file), FormatCSV, ReadOptions{})
			require.NoError(t, err)
			require.Len(t, problems, 1)
			require.Equal(t, 3, problems[0].Line)
			require.ErrorContains(t, problems[0], row.want)
			require.Len(t, songs, 2)
			require.Equal(t, "Last", songs[1].Title)
		})
	}
}

// A mood may come with its own spread and source: from a model, it is neither the user's nor as sure as theirs.
func TestReadAffectSource(t *testing.T) {
	t.Parallel()
	read := func(cells string, source Source) (Song, error) {
		file := `{"title":"T","artist":"X",` + cells + `}`
		songs, problems, err := Read(strings.NewReader(file), FormatJSONL, ReadOptions{Source: source})
		require.NoError(t, err)
		if len(problems) > 0 {
			return Song{}, problems[0]
		}
		return songs[0], nil
	}
	s, err := read(`"valence":0.5,"arousal":0,"spread":0.4,"affect_source":"LLM:mistral/m"`, "")
	require.NoError(t, err)
	require.InDelta(t, .4, s.Affect.Spread, 0)
	require.Equal(t, Source("llm:mistral/m"), s.Sources[FieldAffect])
	require.Equal(t, SourceUser, s.Sources[FieldIdentity])
	s, err = read(`"valence":0.5,"arousal":0`, "")
	require.NoError(t, err)
	require.InDelta(t, EstimatedSpread, s.Affect.Spread, 0)
	require.Equal(t, SourceUser, s.Sources[FieldAffect])
	for cells, want := range map[string]string{
		`"valence":0.5,"arousal":0,"spread":3`:                    "spread 3: want 0 to 2",
		`"spread":0.3`:                                            "need valence and arousal",
		`"affect_source":"llm:m"`:                                 "need valence and arousal",
		`"valence":0.5,"arousal":0,"affect_source":"Spotify"`:     "affect comes from spotify",
		`"valence":0.5,"arousal":0,"affect_source":"a\u202eb"`:    "U+202E",
		`"valence":0.5,"spread":0.3`:                              "valence and arousal together",
		`"valence":0.5,"arousal":0,"spread":"much"`:               "is no number",
		`"valence":0.5,"arousal":0,"affect_source":["llm","you"]`: "does not belong here",
	} {
		_, err := read(cells, "")
		require.ErrorContains(t, err, want, cells)
	}
	_, err = read(`"valence":0.5,"arousal":0,"affect_source":"llm:m"`, SourceSpotify)
	require.ErrorContains(t, err, "affect comes from spotify", "a row cannot free itself from the terms of its file")
}

func TestReadRefusesFiles(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, file, want string }{
		{"empty", "", "header"},
		{"unknown column", "title,artist,titel\n", `"titel"`},
		{"column twice", "title,artist,title\n", "there twice"},
		{"no artist", "title,year\n", "title and artist are required"},
	} {
		_, _, err := Read(strings.NewReader(row.file), FormatCSV, ReadOptions{})
		require.ErrorContains(t, err, row.want, row.name)
	}
	_, problems, err := Read(strings.NewReader("{\"title\":\"A\"\n[]\n{\"title\":\"A\",\"artist\":\"X\",\"colour\":1}\n{\"title\":{},\"artist\":\"X\"}\n"), FormatJSONL, ReadOptions{})
	require.NoError(t, err)
	require.Len(t, problems, 4)
	_, _, err = Read(strings.NewReader("x"), "xml", ReadOptions{})
	require.ErrorIs(t, err, ErrInvalid)
}

func TestKey(t *testing.T) {
	t.Parallel()
	key := func(artist, title string) Key { return Song{Artist: artist, Title: title}.Key() }
	for _, same := range [][2]string{
		{"Deja Vu", "Déjà vu"}, {"Heroes", `"Heroes"`}, {"Song (feat. Somebody)", "Song"}, {"Song ft. A & B", "Song"},
		{"Help! - Remastered 2009", "Help!"}, {"Song (2011 Remaster)", "Song"}, {"Song [Mono Version]", "Song [Mono]"},
		{"ＦＵＬＬ", "full"},
	} {
		require.Equal(t, key("A", same[0]), key("A", same[1]), same)
	}
	for _, different := range [][2]string{
		{"Song (Live)", "Song"}, {"1/1", "1/2"}, {"?", "!"}, {"夜", "朝"}, {"Featherweight", "Song"}, {"Left", "Le"},
	} {
		require.NotEqual(t, key("A", different[0]), key("A", different[1]), different)
	}
	require.NotEqual(t, key("A B", "C"), key("A", "B C"))
	require.Regexp(t, `^s[0-9a-f]{15}$`, key("A", "B").ID())
}

func TestNormaliseRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		field  string
		change func(*Song)
	}{
		{"title", func(s *Song) { s.Title = strings.Repeat("x", 301) }},
		{"title", func(s *Song) { s.Title = "\xff" }},
		{"artist", func(s *Song) { s.Artist = " " }},
		{"duration", func(s *Song) { s.Duration = -1 }},
		{"genres", func(s *Song) { s.Genres = make([]string, 17) }},
		{"sound", func(s *Song) { s.Sound = &Sound{Mode: 1.1} }},
		{"concepts", func(s *Song) {
			s.Concepts = tagging.ConceptVector{{Concept: "b", Weight: 1}, {Concept: "a", Weight: 1}}
		}},
		{"embeddings", func(s *Song) { s.Embeddings = map[string][]float32{"m": {1, 1}} }},
		{"embeddings", func(s *Song) { s.Embeddings = map[string][]float32{"m": {0, 0}} }},
		{"previews", func(s *Song) { s.Previews = []Preview{{Kind: PreviewURL, Ref: "javascript:alert(1)"}} }},
		{"previews", func(s *Song) { s.Previews = []Preview{{Kind: PreviewDeezer, Ref: "12a"}} }},
		{"sources", func(s *Song) { s.Sources = Provenance{FieldAffect: SourceSpotify} }},
	} {
		s := Song{Title: "T", Artist: "A"}
		row.change(&s)
		_, err := s.Normalise()
		var invalid *InvalidError
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, row.field, invalid.Field)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("title,artist\nA,B\n"), true)
	f.Add([]byte(`{"title":"A","artist":"B","year":1990}`), false)
	f.Add([]byte("title,artist,concepts\nA,B,\"sea;night\"\n\"x"), true)
	f.Fuzz(func(t *testing.T, data []byte, isCSV bool) {
		format := FormatJSONL
		if isCSV {
			format = FormatCSV
		}
		songs, _, err := Read(bytes.NewReader(data), format, ReadOptions{})
		if err != nil {
			return
		}
		for _, s := range songs {
			again, err := s.Normalise()
			require.NoError(t, err)
			require.Equal(t, s, again, "what is read is normal already")
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("Déjà Vu (feat. X)")
	f.Fuzz(func(t *testing.T, text string) {
		folded := Fold(text)
		require.Equal(t, folded, Fold(folded), "folding is idempotent")
	})
}
