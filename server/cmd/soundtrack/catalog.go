package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo"
	"github.com/soundtrack-go/sdk/catalog/seed"
	"github.com/soundtrack-go/sdk/tagging"
)

type catalogCmd struct {
	Check  catalogCheckCmd  `cmd:"" help:"Check a songs file and report bad rows with their lines."`
	Stats  catalogStatsCmd  `cmd:"" help:"Count songs by decade, language and mood."`
	Judge  catalogJudgeCmd  `cmd:"" help:"Ask a language model how the songs of a file sound and feel."`
	Export catalogExportCmd `cmd:"" help:"Print all songs."`
}

type catalogCheckCmd struct {
	Files []string `arg:"" type:"existingfile" help:"CSV or JSONL. Columns: title and artist; optional album, year, language, genres, tags, concepts, explicit, isrc, duration, file, preview, valence, arousal, spread, affect_source, mode, loudness, tempo, lyric."`
}

// Run implements the command.
func (c *catalogCheckCmd) Run(io streams) error {
	bad := 0
	for _, name := range c.Files {
		songs, problems, err := readSongs(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, p := range problems {
			fmt.Fprintf(io.err, "%s:%d: %v\n", name, p.Line, p.Err)
		}
		bad += len(problems)
		fmt.Fprintf(io.out, "%s: %d songs, %d bad rows\n", name, len(songs), len(problems))
	}
	if bad > 0 {
		return errReported
	}
	return nil
}

type catalogStatsCmd struct {
	Library songFlags `embed:""`
}

// Run implements the command.
func (c *catalogStatsCmd) Run(ctx context.Context, io streams) error {
	songs, err := c.Library.all(ctx, io)
	if err != nil {
		return err
	}
	decades, languages, moods := map[string]int{}, map[string]int{}, map[string]int{}
	playable := 0
	for _, s := range songs {
		if s.Year != 0 {
			decades[fmt.Sprintf("%ds", s.Year/10*10)]++
		}
		languages[s.Language]++
		if s.Affect.Known {
			moods[string(s.Affect.Quadrant())]++
		}
		if s.PlayableOffline() {
			playable++
		}
	}
	fmt.Fprintf(io.out, "%d songs, %d of them playable without a network\n", len(songs), playable)
	bars(io, "decade", decades, func(a, b string) bool { return a < b })
	bars(io, "mood", moods, func(a, b string) bool { return moods[a] > moods[b] })
	bars(io, "language", languages, func(a, b string) bool {
		return languages[a] > languages[b] || (languages[a] == languages[b] && a < b)
	})
	return nil
}

// bars draws counts as a bar chart of text.
func bars(io streams, title string, counts map[string]int, less func(a, b string) bool) {
	keys := make([]string, 0, len(counts))
	most := 1
	for k, n := range counts {
		keys = append(keys, k)
		most = max(most, n)
	}
	sort.Slice(keys, func(i, j int) bool { return less(keys[i], keys[j]) })
	fmt.Fprintf(io.out, "\n%s\n", title)
	for _, k := range keys {
		name := k
		if name == "" {
			name = "unknown"
		}
		fmt.Fprintf(io.out, "  %-12s %5d %s\n", name, counts[k], strings.Repeat("█", (40*counts[k]+most-1)/most))
	}
}

type catalogExportCmd struct {
	JSON    bool      `help:"Print one JSON object a line; the default is a table."`
	Library songFlags `embed:""`
}

// exported is the JSON form of a song.
type exported struct {
	ID       catalog.ID         `json:"id"`
	Title    string             `json:"title"`
	Artist   string             `json:"artist"`
	Album    string             `json:"album,omitempty"`
	Year     int                `json:"year,omitempty"`
	Language string             `json:"language,omitempty"`
	Genres   []string           `json:"genres,omitempty"`
	Explicit bool               `json:"explicit,omitempty"`
	Affect   *tagging.Affect    `json:"affect,omitempty"`
	Sound    map[string]float64 `json:"sound,omitempty"`
	Tempo    catalog.TempoBand  `json:"tempo,omitempty"`
	Concepts []string           `json:"concepts,omitempty"` // by falling weight
	Playable bool               `json:"playable"`           // without a network
	Sources  catalog.Provenance `json:"sources,omitempty"`
}

func export(s catalog.Song) exported {
	e := exported{
		ID: s.ID, Title: s.Title, Artist: s.Artist, Album: s.Album, Year: s.Year, Language: s.Language, Genres: s.Genres,
		Explicit: s.Explicit, Tempo: s.TempoBand(), Playable: s.PlayableOffline(), Sources: s.Sources,
	}
	if s.Affect.Known {
		e.Affect = &s.Affect.Affect
	}
	if s.Sound != nil {
		e.Sound = map[string]float64{"mode": s.Sound.Mode, "loudness": s.Sound.Loudness, "tempo": s.Sound.Tempo, "lyric": s.Sound.Lyric}
	}
	for _, w := range s.Concepts.Top(len(s.Concepts)) {
		e.Concepts = append(e.Concepts, w.Concept)
	}
	return e
}

// Run implements the command.
func (c *catalogExportCmd) Run(ctx context.Context, io streams) error {
	songs, err := c.Library.all(ctx, io)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(io.out)
	encoder.SetEscapeHTML(false)
	for _, s := range songs {
		if !c.JSON {
			fmt.Fprintf(io.out, "%s\t%s\t%s\t%d\t%s\n", s.ID, s.Title, s.Artist, s.Year, s.Language)
			continue
		}
		if err := encoder.Encode(export(s)); err != nil {
			return err
		}
	}
	return nil
}

// all returns the songs that a recommender with these flags would search, by id.
func (f songFlags) all(ctx context.Context, io streams) ([]catalog.Song, error) {
	own, err := f.load(io.err)
	if err != nil {
		return nil, err
	}
	var songs []catalog.Song
	if !f.NoSeed {
		if songs, err = seed.Songs(); err != nil {
			return nil, err
		}
		songs = append(songs, demo.Songs()...)
	}
	store, err := catalog.NewMemory(append(songs, own...)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.Close() }()
	var all []catalog.Song
	for s, err := range store.All(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}
