package demo

import (
	"fmt"
	"time"

	"github.com/soundtrack-go/sdk/tagging"
)

// Mode is the mode of a track's key.
type Mode string

// Modes.
const (
	Major Mode = "major"
	Minor Mode = "minor"
)

// Track describes a demo track. Tracks are values; changing one changes nothing else.
type Track struct {
	Name   string // lower-case words with hyphens; the file is Name + ".wav"
	Title  string
	Artist string // one of six ensembles that do not exist, each with one track a quadrant

	Tempo float64 // beats a minute
	Beats int     // beats in a bar
	Key   string  // tonic, such as "Eb"
	Mode  Mode

	// Affect is what the track was composed to express, and Quadrant the corner that it lies in. Nobody but the
	// composer has judged it.
	Affect   tagging.Affect
	Quadrant tagging.Quadrant
	// Concepts is the imagery that it was composed for, the most important first: ids of [tagging.DefaultVocabulary].
	Concepts []string
	Genres   []string

	Duration time.Duration
}

// Tracks returns the 24 tracks, six for each quadrant, always in the same order. The caller owns the result.
func Tracks() []Track {
	all := tunes()
	tracks := make([]Track, len(all))
	for i, t := range all {
		tracks[i] = t.track()
	}
	return tracks
}

// NotFoundError reports a name that no demo track has. It matches [ErrNotFound].
type NotFoundError struct{ Name string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("demo: there is no track %.80q", e.Name)
}

// Is reports whether target is [ErrNotFound].
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }
