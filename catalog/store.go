package catalog

import (
	"context"
	"io"
	"iter"

	"github.com/soundtrack-go/sdk/tagging"
)

// Store holds songs and finds candidates among them. Implementations are safe for concurrent use and pass
// catalogtest.Run.
type Store interface {
	// Put inserts or replaces songs by [Song.Key]. It normalises and validates all of them first and stores none if
	// one is refused. It keeps copies.
	Put(ctx context.Context, songs ...Song) error
	// Get returns the songs with the given ids, in that order; an unknown id is an error that matches [ErrNotFound].
	Get(ctx context.Context, ids ...ID) ([]Song, error)
	// Candidates returns songs that pass the filter and are near the query, best first. See [Query].
	Candidates(ctx context.Context, q Query) ([]Candidate, error)
	// Delete removes songs; unknown ids are ignored.
	Delete(ctx context.Context, ids ...ID) error
	io.Closer
}

// Lister is a [Store] ability, found by assertion: it streams all songs in the order of their ids.
type Lister interface {
	All(ctx context.Context) iter.Seq2[Song, error]
}

// Searcher is a [Store] ability, found by assertion: it finds songs by words of title and artist.
type Searcher interface {
	// Search returns at most limit songs whose folded title and artist contain every word of text, best first.
	Search(ctx context.Context, text string, filter Filter, limit int) ([]Song, error)
}

// Query asks for candidates. Each part that is present contributes its K nearest songs, and the answer is their
// union, so that a song which is near in one respect is not lost for being far in another. A query without any part
// returns the first K songs that pass the filter, by id.
type Query struct {
	// K is how many songs each part contributes; 0 means 200. The answer has at most K × (number of parts) songs.
	K int
	// Affect asks for the songs nearest on the plane; nil for none.
	Affect *tagging.Affect
	// Concepts asks for the largest cosine; empty for none. Songs that share no concept are not returned for it.
	Concepts tagging.ConceptVector
	// Embedding asks for the largest dot product among vectors of Space; empty for none.
	Embedding []float32
	Space     string
	// Filter is applied inside the search: a song that fails it never takes a place.
	Filter Filter
}

// Candidate is a song with what the store measured; the ranker decides.
type Candidate struct {
	Song Song
	// Similarity is the dot product of unit vectors, -1 to 1; NaN-free, and 0 where HasSimilarity is false.
	Similarity    float64
	HasSimilarity bool
}

// Filter says which songs may be returned. Its zero value lets every song pass.
// A song whose field is unknown passes only filters that do not ask about it.
type Filter struct {
	Languages       []string // any of these; empty means all
	Genres          []string // any of these; empty means all
	YearFrom        int      // inclusive; 0 means no lower bound
	YearTo          int      // inclusive; 0 means no upper bound
	ExcludeExplicit bool
	PlayableOnly    bool // only songs with a preview reference
	OfflineOnly     bool // only songs that play without a network
	ExcludeSongs    []ID
	ExcludeArtists  []string // compared after folding, see [Fold]
}
