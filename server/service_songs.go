package server

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/soundtrack-go/sdk/catalog"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

const (
	defaultLimit = 20  // songs that a search returns
	maxLimit     = 100 // and at most
	maxText      = 200 // characters of a search
	maxID        = 64  // bytes of a song's id
)

// SearchSongs finds songs by words of title and artist.
func (s *service) SearchSongs(ctx context.Context, req *v1.SearchSongsRequest) (*v1.SearchSongsResponse, error) {
	limit := int(req.GetLimit())
	switch n := utf8.RuneCountInString(req.GetText()); {
	case n == 0 || n > maxText:
		return nil, invalidf("text", "%d characters: want 1 to %d", n, maxText)
	case limit < 0 || limit > maxLimit:
		return nil, invalidf("limit", "%d: want 1 to %d, or 0 for %d", limit, maxLimit, defaultLimit)
	case limit == 0:
		limit = defaultLimit
	}
	filter := filterFrom(req.GetFilter())
	if err := filter.Validate(); err != nil {
		return nil, err
	}
	store, err := s.store()
	if err != nil {
		return nil, err
	}
	searcher, ok := store.(catalog.Searcher)
	if !ok {
		return nil, fmt.Errorf("%w: this store cannot be searched by words", errUnsupported)
	}
	songs, err := run(ctx, s, s.light, "search", func(ctx context.Context) ([]catalog.Song, error) {
		return searcher.Search(ctx, req.GetText(), filter, limit)
	})
	if err != nil {
		return nil, err
	}
	res := &v1.SearchSongsResponse{Songs: make([]*v1.Song, len(songs))}
	for i, song := range songs {
		res.Songs[i] = songProto(song)
	}
	return res, nil
}

// GetSong returns one song.
func (s *service) GetSong(ctx context.Context, req *v1.GetSongRequest) (*v1.GetSongResponse, error) {
	song, err := s.lookUp(ctx, req.GetId())
	if err != nil {
		return nil, err
	}
	return &v1.GetSongResponse{Song: songProto(song), Preview: s.previewProto(song)}, nil
}

// lookUp reads one song from the store, on a slot.
func (s *service) lookUp(ctx context.Context, id string) (catalog.Song, error) {
	return run(ctx, s, s.light, "song", func(ctx context.Context) (catalog.Song, error) { return s.song(ctx, id) })
}

// song reads one song from the store.
func (s *service) song(ctx context.Context, id string) (catalog.Song, error) {
	if id == "" || len(id) > maxID {
		return catalog.Song{}, invalidf("id", "%d bytes: want 1 to %d", len(id), maxID)
	}
	store, err := s.store()
	if err != nil {
		return catalog.Song{}, err
	}
	songs, err := store.Get(ctx, catalog.ID(id))
	if err != nil {
		return catalog.Song{}, err
	}
	if len(songs) != 1 {
		return catalog.Song{}, fmt.Errorf("server: the store gave %d songs for one id", len(songs))
	}
	return songs[0], nil
}
