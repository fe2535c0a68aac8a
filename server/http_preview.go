package server

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog/preview"
)

// playTime is how long one answer may take to play out: players read as slowly as they play, and ask again for the rest
// when they are cut off.
const playTime = 10 * time.Minute

// demoPreview streams a demo track, with ranges.
func (s *Server) demoPreview(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if s.config.demos == nil || !demoName(name) {
		s.writePlainError(w, r, preview.ErrNoPreview)
		return
	}
	track, err := s.config.demos.OpenDemo(r.Context(), name)
	if err != nil {
		s.writePlainError(w, r, err)
		return
	}
	defer closeQuietly(track)
	var modified time.Time
	if file, ok := track.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := file.Stat(); err == nil {
			modified = info.ModTime()
		}
	}
	s.play(w, r, track, modified)
}

// filePreview streams the audio file of a song, with ranges. The client names the song, never the file.
func (s *Server) filePreview(w http.ResponseWriter, r *http.Request) {
	song, err := s.service.lookUp(r.Context(), r.PathValue("song"))
	if err != nil {
		s.writePlainError(w, r, err)
		return
	}
	file, modified, err := openFile(s.config.roots, song)
	if err != nil {
		s.writePlainError(w, r, err)
		return
	}
	defer closeQuietly(file)
	s.play(w, r, file, modified)
}

// play streams sound. Its type is told by its first bytes; what is not sound is not sent, whatever the store says.
func (s *Server) play(w http.ResponseWriter, r *http.Request, sound io.ReadSeeker, modified time.Time) {
	head := make([]byte, 16)
	n, err := io.ReadFull(sound, head)
	if err != nil && n == 0 {
		s.writePlainError(w, r, fmt.Errorf("%w: %w", preview.ErrNoPreview, err))
		return
	}
	contentType := soundType(head[:n])
	if contentType == "" {
		s.writePlainError(w, r, fmt.Errorf("%w: not a sound file", preview.ErrNoPreview))
		return
	}
	// A server that cannot set deadlines has its own, or none: its owner decides.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(playTime))
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", modified, sound) // seeks to the start by itself
}

// demoName reports a name that a demo track can have: no path leads out of one.
func demoName(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
