package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// affectSpread is the spread of a track's affect: a composer's intention is no listener's judgement.
const affectSpread = catalog.EstimatedSpread

// Songs returns the tracks as songs for a store: always playable, with affect, sound and concepts. The caller owns the
// result.
func Songs() []catalog.Song {
	all := tunes()
	songs := make([]catalog.Song, len(all))
	for i, t := range all {
		sound := t.sound
		track := t.track()
		songs[i] = catalog.Song{
			Title: t.title, Artist: t.artist, Album: "Demo tracks", Language: "zxx", Genres: track.Genres,
			Duration: track.Duration.Seconds(),
			Affect:   tagging.Estimate{Affect: t.affect, Spread: affectSpread, Known: true},
			Sound:    &sound,
			Concepts: tagging.NewRankedVector(t.concepts...),
			Previews: []catalog.Preview{{Kind: catalog.PreviewDemo, Ref: t.name}},
			Sources: catalog.Provenance{
				catalog.FieldIdentity: catalog.SourceDemo, catalog.FieldAffect: catalog.SourceDemo,
				catalog.FieldConcepts: catalog.SourceDemo, catalog.FieldPreviews: catalog.SourceDemo,
				catalog.FieldLanguage: catalog.SourceDemo, catalog.FieldGenres: catalog.SourceDemo,
			},
		}
	}
	return songs
}

// Library keeps rendered tracks in a folder and renders those that are missing or damaged. It is safe for concurrent
// use, also by several processes with the same folder: files appear whole. Make one with [NewLibrary].
type Library struct {
	dir       string
	rendering sync.Mutex // one at a time: each takes 80 MB
	whole     sync.Map   // path → os.FileInfo of the file that was found whole, so that it is hashed once
}

// NewLibrary keeps its files in dir, which is created when the first track is rendered.
func NewLibrary(dir string) *Library { return &Library{dir: dir} }

// Ensure renders every track that is not there, and reports each one done to progress, which may be nil. All 24 take
// some ten seconds.
func (l *Library) Ensure(ctx context.Context, progress func(done, total int)) error {
	all := tunes()
	for i, t := range all {
		file, err := l.Open(ctx, t.name)
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if progress != nil {
			progress(i+1, len(all))
		}
	}
	return nil
}

// Open returns a track as a WAV file, rendering it first if it is not there, of an older edition, or damaged. An unknown
// name is a [NotFoundError].
func (l *Library) Open(ctx context.Context, name string) (*os.File, error) {
	t, err := find(name) // only names of tracks become paths
	if err != nil {
		return nil, err
	}
	path := filepath.Join(l.dir, t.name+".wav")
	if file := l.openWhole(path); file != nil {
		return file, nil
	}
	l.rendering.Lock()
	defer l.rendering.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if file := l.openWhole(path); file != nil { // somebody else rendered it while we waited
		return file, nil
	}
	var wav bytes.Buffer
	if err := Render(ctx, &wav, t.name); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(l.dir, 0o755); err != nil { //nolint:gosec // G301: others may listen
		return nil, fmt.Errorf("demo: %w", err)
	}
	if err := writeWhole(path, wav.Bytes()); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	file, err := os.Open(path) //nolint:gosec // G304: the path is made of a track's name
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return file, nil
}

// openWhole opens a file if it is a whole track of this edition, and returns nil otherwise.
func (l *Library) openWhole(path string) *os.File {
	file, err := os.Open(path) //nolint:gosec // G304: the path is made of a track's name
	if err != nil {
		return nil
	}
	info, err := file.Stat()
	if err == nil {
		known, _ := l.whole.Load(path)
		if old, ok := known.(os.FileInfo); ok && os.SameFile(old, info) && old.Size() == info.Size() && old.ModTime().Equal(info.ModTime()) {
			return file
		}
		err = checkWhole(file)
	}
	if err != nil {
		_ = file.Close()
		return nil
	}
	l.whole.Store(path, info)
	return file
}

var errDamaged = errors.New("demo: damaged track")

// checkWhole hashes the samples, compares them with the comment behind them, and rewinds the file.
func checkWhole(file io.ReadSeeker) error {
	data, err := io.ReadAll(io.LimitReader(file, maxWAV))
	if err != nil {
		return err
	}
	if len(data) < wavHeader || string(data[:4]) != "RIFF" {
		return errDamaged
	}
	size := int(data[40]) | int(data[41])<<8 | int(data[42])<<16 | int(data[43])<<24
	if size < 0 || wavHeader+size > len(data) {
		return errDamaged
	}
	sum := sha256.Sum256(data[wavHeader : wavHeader+size])
	if !bytes.Contains(data[wavHeader+size:], []byte("edition "+edition+" sha256:"+hex.EncodeToString(sum[:]))) {
		return errDamaged
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}

// maxWAV bounds what is read of a track: half a minute of stereo is 5.3 MB.
const maxWAV = 8 << 20

// writeWhole writes a file under another name and renames it, so that nobody ever sees half of it.
func writeWhole(path string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
