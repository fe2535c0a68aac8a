package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Validate refuses a filter that can let nothing pass or that is unreasonably large.
func (f Filter) Validate() error {
	refuse := func(field, format string, args ...any) error {
		return &InvalidError{What: "filter", Field: field, Reason: fmt.Sprintf(format, args...)}
	}
	if f.YearFrom < 0 || f.YearTo < 0 || (f.YearTo != 0 && f.YearFrom > f.YearTo) {
		return refuse("years", "%d to %d is no range", f.YearFrom, f.YearTo)
	}
	for _, list := range []struct {
		field string
		n     int
	}{
		{"languages", len(f.Languages)}, {"genres", len(f.Genres)},
		{"exclude songs", len(f.ExcludeSongs)}, {"exclude artists", len(f.ExcludeArtists)},
	} {
		if list.n > 1000 {
			return refuse(list.field, "%d of them: at most 1000", list.n)
		}
	}
	for _, language := range f.Languages {
		if !isLanguage(strings.ToLower(strings.TrimSpace(language))) {
			return refuse("languages", "%q: want an ISO 639 code of two or three letters", language)
		}
	}
	return nil
}

// Compile validates the filter and returns it as a test of normalised songs. Stores without a query language of their
// own use it; the test is safe for concurrent use.
func (f Filter) Compile() (func(Song) bool, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	languages := foldSet(f.Languages, func(s string) string { return strings.ToLower(strings.TrimSpace(s)) })
	genres := foldSet(f.Genres, func(s string) string {
		return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "-")
	})
	artists := foldSet(f.ExcludeArtists, foldOr)
	songs := make(map[ID]bool, len(f.ExcludeSongs))
	for _, id := range f.ExcludeSongs {
		songs[id] = true
	}
	return func(s Song) bool {
		switch {
		case len(languages) > 0 && !languages[s.Language]:
			return false
		case len(genres) > 0 && !slices.ContainsFunc(s.Genres, func(g string) bool { return genres[g] }):
			return false
		case f.YearFrom != 0 && s.Year < f.YearFrom:
			return false
		case f.YearTo != 0 && (s.Year == 0 || s.Year > f.YearTo):
			return false
		case f.ExcludeExplicit && s.Explicit:
			return false
		case f.PlayableOnly && !s.Playable():
			return false
		case f.OfflineOnly && !s.PlayableOffline():
			return false
		case songs[s.ID]:
			return false
		case len(artists) > 0 && artists[foldOr(s.Artist)]:
			return false
		}
		return true
	}, nil
}

func foldSet(values []string, fold func(string) string) map[string]bool {
	set := make(map[string]bool, len(values))
	for _, v := range values {
		if folded := fold(v); folded != "" {
			set[folded] = true
		}
	}
	return set
}
